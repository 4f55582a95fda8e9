/** Disputes as somebody follows them who only looks at the chain. protocol.md §5.6 */
import { setTimeout as delay } from 'node:timers/promises';
import { Status } from '#contracts/bindings/disputes.ts';
import { readEvents } from '#contracts/events.ts';
import { toAddress, type Address, type Bytes32 } from '#protocol/units.ts';
import type { ChainView } from '../chain-view.ts';

/** Amounts in base units. */
export type Challenged = Readonly<{
  head: Bytes32;
  round: number;
  challenger: Address;
  bond: bigint;
  arbiterFee: bigint;
  /** Whether the posting had a quorum. */
  quorum: boolean;
}>;

export type Verdict = Readonly<{ outcome: 'stood' | 'voided' | 'moot'; judged: boolean }>;

const outcomes = { [Status.Stood]: 'stood', [Status.Voided]: 'voided', [Status.Moot]: 'moot' } as const;

/** The first dispute of a job, as soon as there is one. @throws Error where none comes in time */
export async function untilChallenged(view: ChainView, job: string, seconds: number): Promise<Challenged> {
  const { contracts } = view;
  const where = { job: BigInt(view.numberOf(job)) };
  const { args } = await within(seconds, `no dispute of job ${job}`, async () =>
    (await readEvents(contracts, contracts.disputes, 'Challenged', where)).at(0),
  );
  const { head, round, challenger, bond } = args;
  const { arbiterFee, quorum } = await contracts.disputes.read.disputeOf(head);
  return { head, round, challenger, bond, arbiterFee, quorum };
}

/** Resolves when the coordinator has answered the challenge. */
export async function untilDefended(view: ChainView, { head }: Challenged, seconds: number): Promise<void> {
  const { contracts } = view;
  const where = { head };
  await within(seconds, 'no defence', async () =>
    (await readEvents(contracts, contracts.disputes, 'Defended', where)).at(0),
  );
}

export async function untilConcluded(
  view: ChainView,
  { head }: Challenged,
  seconds: number,
): Promise<Verdict> {
  const { contracts } = view;
  const where = { head };
  const { args } = await within(seconds, 'no end of the dispute', async () =>
    (await readEvents(contracts, contracts.disputes, 'Concluded', where)).at(0),
  );
  const outcome = outcomes[args.status as keyof typeof outcomes];
  return { outcome, judged: args.judged };
}

/** Resolves when these accounts have taken home what disputes owe them. */
export async function untilWithdrawn(
  view: ChainView,
  accounts: readonly string[],
  seconds: number,
): Promise<void> {
  const { disputes } = view.contracts;
  await within(seconds, 'bonds are not withdrawn', async () => {
    const credits = await Promise.all(accounts.map((account) => disputes.read.credits(toAddress(account))));
    return credits.every((credit) => credit === 0n) || undefined;
  });
}

async function within<T>(seconds: number, otherwise: string, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`${otherwise} within ${seconds} s`);
    await delay(250);
  }
}
