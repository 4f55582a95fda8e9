/** What a transaction would do, read from its bytes alone: which contract of a deployment, which method, which arguments. */
import { Interface, type Result } from 'ethers';
import { toAddress, type Address, type Hex } from '#protocol/units.ts';
import { toPlain } from './abi-values.ts';
import { accessToken } from './bindings/access-token.ts';
import { administration } from './bindings/administration.ts';
import { datasetRegistry } from './bindings/dataset-registry.ts';
import { disputes } from './bindings/disputes.ts';
import { openingPolicy } from './bindings/opening-policy.ts';
import { trainingEscrow } from './bindings/training-escrow.ts';
import type { Deployment } from './deployment.ts';

export type DescribedCall = Readonly<{
  contract: string;
  method: string;
  /** As `DatasetRegistry.setOperator(dataset: 3, operator: 0x…)`. */
  text: string;
}>;

/** Null for an address that is none of the deployment's, or bytes that are no whole call of that contract. */
export function describeCall(deployment: Deployment, to: Address, data: Hex): DescribedCall | null {
  const target = targets(deployment).find(({ address }) => address === to);
  if (!target) return null;
  const contract = new Interface(target.abi);
  try {
    const call = contract.parseTransaction({ data });
    // Bytes after the arguments would change nothing, but nobody who prepared a call puts any there.
    if (call === null || contract.encodeFunctionData(call.fragment, call.args) !== data) return null;
    const args = call.fragment.inputs.map((input, index) => {
      const value = toPlain(input, call.args[index]);
      const inner = input.name === 'data' ? innerCall(deployment, call.args) : null;
      if (inner !== null) return `data: ${inner.text}`;
      return `${input.name}: ${JSON.stringify(value, asText)}`;
    });
    const { name: method } = call;
    return { contract: target.name, method, text: `${target.name}.${method}(${args.join(', ')})` };
  } catch {
    return null; // a known selector with arguments that don't decode
  }
}

/** What the administration is told to announce, make or cancel. */
function innerCall(deployment: Deployment, args: Result): DescribedCall | null {
  const { target, data } = args.toObject() as Readonly<{ target?: string; data?: Hex }>;
  if (target === undefined || data === undefined) return null;
  return describeCall(deployment, toAddress(target.toLowerCase()), data);
}

const targets = (deployment: Deployment) => [
  { ...datasetRegistry, address: deployment.registry },
  { ...accessToken, address: deployment.accessToken },
  { ...trainingEscrow, address: deployment.escrow },
  { ...administration, address: deployment.administration },
  { ...openingPolicy, address: deployment.policy },
  { ...disputes, address: deployment.disputes },
];

const asText = (_key: string, value: unknown) => (typeof value === 'bigint' ? value.toString() : value);
