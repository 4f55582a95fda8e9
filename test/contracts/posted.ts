/** Rounds that are posted truly or falsely, and watches of them that a test runs look by look. */
import { readEvents } from '#contracts/events.ts';
import { readJobFacts } from '#contracts/job-facts.ts';
import type { PostingEvent } from '#contracts/postings/events.ts';
import type { PostingRecord, PostingRecords } from '#contracts/postings/record.ts';
import { postingWatch, type Pass, type PostingWatch } from '#contracts/postings/watch.ts';
import { seatBitmap } from '#protocol/rules/bitmap.ts';
import { earnedPayouts } from '#protocol/rules/earned.ts';
import { fromAmount, type Bytes32 } from '#protocol/units.ts';
import { activeJob, quorumOf, settle, settlement, type Settled } from './job.ts';
import { at, type Actor, type World } from './world.ts';

export const seats = [
  { price: 10n, units: 3 },
  { price: 20n, units: 3 },
  { price: 30n, units: 3 },
];

export type Postings = Awaited<ReturnType<typeof postingsIn>>;

/** A new job of three rounds and seats; seats 0 and 2 take part in each. */
export async function postingsIn(world: World) {
  const job = await activeJob(world, { rounds: 3, bonusPool: 300n, seats });
  const blocks: Uint8Array[] = [];
  const facts = () => readJobFacts(world.buyer.contracts, Number(job.job));
  return {
    job,
    facts,
    /** What challengers published. */
    blocks,
    /** Posts the next round as its bitmaps say, or with something else. */
    async post(change: object = {}, quorum = false): Promise<Settled> {
      const { settlements, ...rest } = await facts();
      const round = settlements.length + 1;
      const bitmaps = [...settlements.map(({ participants }) => participants), seatBitmap([0, 2], 3)];
      const { root, total } = at(earnedPayouts(rest, bitmaps), round - 1);
      const given = { ...settlement(job, round, root, [0, 2]), total: fromAmount(total), ...change };
      const deadline = BigInt((await world.chain.now()) + 1_000);
      return quorum
        ? settle(world, job, given, quorumOf(world, job, given, [0, 2], deadline))
        : settle(world, job, given);
    },
    /** A watch by an account, to which every round seems right but for what the chain says. */
    watchOf: ({ contracts }: Actor, change: Partial<PostingWatch> = {}): Pass =>
      postingWatch({
        job: Number(job.job),
        contracts,
        rules: { automatic: true, maximumBond: null },
        records: memory(),
        facts: () => readJobFacts(contracts, Number(job.job)),
        check: async () => ({ verdict: 'right', by: 'evidence' }),
        publish: async (block) => void blocks.push(block),
        pollMillis: 0,
        ...change,
      }),
    challenges: () => readEvents(world.buyer.contracts, world.buyer.contracts.disputes, 'Challenged', {}),
  };
}

export function memory(): PostingRecords {
  const kept = new Map<Bytes32, PostingRecord>();
  return {
    read: async (head) => kept.get(head) ?? null,
    write: async (record) => void kept.set(record.head, record),
    all: async () => [...kept.values()],
  };
}

export type Look = Readonly<{ events: readonly PostingEvent[]; atRest: boolean }>;

/** Looks once. */
export async function look(pass: Pass): Promise<Look> {
  const events: PostingEvent[] = [];
  for (const made = pass(); ;) {
    const { done, value } = await made.next();
    if (done) return { events, atRest: value };
    events.push(value);
  }
}

/** Events as words. */
export const words = ({ events }: Look): string[] =>
  events.map((event) => ('flaw' in event ? `${event.kind} ${event.flaw.code}` : event.kind));
