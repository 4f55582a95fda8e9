/** The typed contracts of a deployment, to read or to send through one account. */
import type { Provider } from 'ethers';
import { accessToken } from './bindings/access-token.ts';
import { administration } from './bindings/administration.ts';
import { datasetRegistry } from './bindings/dataset-registry.ts';
import { disputes } from './bindings/disputes.ts';
import { openingPolicy } from './bindings/opening-policy.ts';
import { seatReader } from './bindings/seat-reader.ts';
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
    administration: readContract(administration, deployment.administration, provider),
    policy: readContract(openingPolicy, deployment.policy, provider),
    disputes: readContract(disputes, deployment.disputes, provider),
    seatReader: readContract(seatReader, deployment.seatReader, provider),
  } as const;
}

export function connectAs(deployment: Deployment, transactor: Transactor) {
  return {
    deployment,
    provider: transactor.provider,
    account: transactor.address,
    transactor,
    registry: writeContract(datasetRegistry, deployment.registry, transactor),
    accessToken: writeContract(accessToken, deployment.accessToken, transactor),
    escrow: writeContract(trainingEscrow, deployment.escrow, transactor),
    paymentToken: writeContract(testCoin, deployment.paymentToken, transactor),
    administration: writeContract(administration, deployment.administration, transactor),
    policy: writeContract(openingPolicy, deployment.policy, transactor),
    disputes: writeContract(disputes, deployment.disputes, transactor),
    seatReader: writeContract(seatReader, deployment.seatReader, transactor),
  } as const;
}
