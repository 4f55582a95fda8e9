/** The chain as somebody sees it who only looks: balances, and its clock. */
import { setTimeout as delay } from 'node:timers/promises';
import { readDeployment } from '#cli/chain.ts';
import { jobNumber } from '#cli/job-option.ts';
import { connect, type Contracts } from '#contracts/connect.ts';
import { openChain } from '#contracts/provider.ts';
import { toAddress } from '#protocol/units.ts';
import type { Stack } from './stack.ts';

/** More than any window and dispute of a story. */
const FINAL_MILLIS = 600_000;

export type ChainView = Readonly<{
  contracts: Contracts;
  /** The number of a job's id. */
  numberOf(job: string): number;
  /** Base units of the payment token that an account or contract holds. */
  coins(address: string): Promise<bigint>;
  /** Seconds, by the latest block. */
  now(): Promise<number>;
  /** Resolves at this second of the chain's. */
  until(second: number): Promise<void>;
  /** Resolves when every posted round of a job is final. @throws Error where a dispute holds one up for too long */
  untilFinal(job: string): Promise<void>;
  close(): void;
}>;

/** @throws TributaryError `chain/…` */
export async function viewChain(stack: Stack): Promise<ChainView> {
  const deployment = readDeployment(stack.folder('deployment.json'));
  const provider = await openChain(stack.rpc, { chainId: deployment.chainId });
  const contracts = connect(deployment, provider);
  const now = async () => (await provider.getBlock('latest'))?.timestamp ?? 0;
  const numberOf = (job: string) => jobNumber(job, deployment);
  return {
    contracts,
    numberOf,
    coins: (address) => contracts.paymentToken.read.balanceOf(toAddress(address)),
    now,
    async until(second) {
      // It has a block a second, so this ends.
      while ((await now()) < second) await delay(250);
    },
    async untilFinal(job) {
      const deadline = Date.now() + FINAL_MILLIS;
      for (;;) {
        const { readyAt, frozenFrom } = await contracts.escrow.read.jobOf(BigInt(numberOf(job)));
        if (frozenFrom === 0 && (await now()) >= Number(readyAt)) return;
        if (Date.now() > deadline) throw new Error(`job ${job}: its rounds are not final`);
        await delay(250);
      }
    },
    close: () => provider.destroy(),
  };
}
