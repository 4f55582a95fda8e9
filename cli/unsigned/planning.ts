/** A transactor that sends nothing: it notes what would be sent, with its gas as far as that can be told before. */
import { formatEther } from 'ethers';
import { connectAs, type Contracts, type SendingContracts } from '#contracts/connect.ts';
import { describeCall } from '#contracts/describe-call.ts';
import { prepareTransaction } from '#contracts/prepare.ts';
import type { Call } from '#contracts/transact.ts';
import { TributaryError } from '#crypto/error.ts';
import { toBytes32, type Address } from '#protocol/units.ts';

export type PlannedCall = Readonly<{
  description: string;
  to: Address;
  /** Null where it rests on one before it that is not mined. */
  gas: bigint | null;
  /** Wei. */
  costAtMost: bigint | null;
}>;

export type Plan = Readonly<{ contracts: SendingContracts; calls: readonly PlannedCall[] }>;

/** @returns contracts whose `send` adds to `calls`; it refuses what the chain would refuse of the first */
export function planning({ provider, deployment }: Contracts, from: Address): Plan {
  const calls: PlannedCall[] = [];
  const nothing = toBytes32(`0x${'00'.repeat(32)}`);
  return {
    calls,
    contracts: connectAs(deployment, {
      address: from,
      chainId: deployment.chainId,
      provider,
      async send(call) {
        calls.push(await planned(call));
        return { transaction: nothing, block: 0, gasUsed: 0n, created: null, logs: [] };
      },
    }),
  };

  async function planned({ to, data }: Call): Promise<PlannedCall> {
    if (to === undefined) throw new TypeError('a deployment is not planned');
    const description = describeCall(deployment, to, data)?.text ?? `a call of ${to}`;
    try {
      const { gas, maxFeePerGas } = await prepareTransaction(provider, from, { to, data });
      return { description, to, gas, costAtMost: gas * maxFeePerGas };
    } catch (error) {
      if (calls.length === 0 || !(error instanceof TributaryError)) throw error;
      return { description, to, gas: null, costAtMost: null };
    }
  }
}

export const plannedText = ({ description, gas, costAtMost }: PlannedCall): string =>
  gas === null || costAtMost === null
    ? `${description}\n  gas: known once the one before it is mined`
    : `${description}\n  gas ${gas}: at most ${formatEther(costAtMost)} of the chain's coin`;
