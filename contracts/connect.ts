/** The typed contracts of a deployment, to read or to send through one account. */
import type { Provider } from 'ethers';
import { accessToken } from './bindings/access-token.ts';
import { datasetRegistry } from './bindings/dataset-registry.ts';
import { testCoin } from './bindings/test-coin.ts';
import { trainingEscrow } from './bindings/training-escrow.ts';
import type { Deployment } from './deployment.ts';
import type { Transactor } from './transact.ts';
import { readContract, writeContract } from './typed-contract.ts';

/** Contracts to read. `paymentToken` has a faucet only where it is the test coin. */
export type Contracts = ReturnType<typeof connect>;

/** Contracts to read, simulate and send. */
export type SendingContracts = ReturnType<typeof connectAs>;

export function connect(deployment: Deployment, provider: Provider) {
  return {
    deployment,
    provider,
    registry: readContract(datasetRegistry, deployment.registry, provider),
    accessToken: readContract(accessToken, deployment.accessToken, provider),
    escrow: readContract(trainingEscrow, deployment.escrow, provider),
    paymentToken: readContract(testCoin, deployment.paymentToken, provider),
  } as const;
}

export function connectAs(deployment: Deployment, transactor: Transactor) {
  return {
    deployment,
    provider: transactor.provider,
    account: transactor.address,
    registry: writeContract(datasetRegistry, deployment.registry, transactor),
    accessToken: writeContract(accessToken, deployment.accessToken, transactor),
    escrow: writeContract(trainingEscrow, deployment.escrow, transactor),
    paymentToken: writeContract(testCoin, deployment.paymentToken, transactor),
  } as const;
}
