/** A party's watch over a job's posted rounds: each is checked once, and a false one disputed, while its window is open. protocol.md §5.6 */
import { TributaryError } from '#crypto/error.ts';
import { flaw, type Flaw } from '#protocol/flaw.ts';
import { earnedPayouts } from '#protocol/rules/earned.ts';
import { latestTime } from '../chain-time.ts';
import type { JobFacts, SettlementOnChain } from '../job-facts.ts';
import { challengePosting, type Challenging } from './challenge.ts';
import { concludeOwn } from './conclude.ts';
import type { PostingEvent } from './events.ts';
import { isHeldRight, type PostingRecord, type PostingRecords } from './record.ts';
import { Retries } from './retries.ts';

/** As `checkPosted` of model/ gives it. */
type Checked =
  | Readonly<{ verdict: 'right'; by: 'agreement' | 'evidence' | 'lineage' }>
  | Readonly<{ verdict: 'false' | 'missing'; flaw: Flaw; blocks: readonly string[] }>;

export type PostingWatch = Challenging &
  Readonly<{
    facts(): Promise<JobFacts>;
    records: PostingRecords;
    /** @throws TributaryError for the party's own trouble */
    check(facts: JobFacts, settlement: SettlementOnChain): Promise<Checked>;
    /** Milliseconds before a check that failed is tried again, doubled for each time. */
    pollMillis: number;
  }>;

/** Looks once at all postings. @returns whether nothing is left to do or wait for, as the chain is now */
export type Pass = () => AsyncGenerator<PostingEvent, boolean, undefined>;

type Moment = Readonly<{ facts: JobFacts; now: number; shortWindow: number }>;

/** @throws TributaryError (each pass) `chain/…`, and those of the records: the pass may be made again */
export function postingWatch(watch: PostingWatch): Pass {
  const retries = new Retries(watch.pollMillis);
  const said = new Set<string>();
  return async function* () {
    const moment = await momentOf(watch);
    let busy = moment.facts.frozenFrom !== 0;
    let behind = false;
    for (const settlement of moment.facts.settlements) {
      const { head, round, readyAt } = settlement;
      let record = await watch.records.read(head);
      const open = moment.now < readyAt;
      const waits = behind && !isLate(moment, settlement);
      if (open && isUnknown(record) && !waits && retries.isDue(head, isLate(moment, settlement))) {
        record = yield* look(watch, retries, moment, settlement, record);
      }
      if (open && record?.found === 'false' && !record.dispute) {
        record = yield* oppose(watch, said, settlement, record, isLate(moment, settlement));
      }
      busy ||= open && !isHeldRight(record) && !record?.dispute?.over;
      const frozen = moment.facts.frozenFrom;
      behind ||= (frozen !== 0 && round >= frozen) || (record?.found === 'false' && !record.dispute?.over);
    }
    for (const record of await watch.records.all()) {
      if (record.dispute?.own && !record.dispute.over) busy = !(yield* follow(watch, moment, record)) || busy;
    }
    return !busy;
  };
}

async function momentOf({ contracts, job, facts }: PostingWatch): Promise<Moment> {
  const { shortWindow } = await contracts.escrow.read.jobOf(BigInt(job));
  const now = await latestTime(contracts);
  return { facts: await facts(), now, shortWindow };
}

/** The last quarter of the window has begun: what is not here by now is taken for gone. */
function isLate({ facts, now, shortWindow }: Moment, { quorum, readyAt }: SettlementOnChain): boolean {
  return now >= readyAt - (quorum ? shortWindow : facts.longWindow) / 4;
}

const isUnknown = (record: PostingRecord | null): boolean => record === null || record.found === 'unchecked';

async function* look(
  watch: PostingWatch,
  retries: Retries,
  moment: Moment,
  settlement: SettlementOnChain,
  earlier: PostingRecord | null,
): AsyncGenerator<PostingEvent, PostingRecord | null, undefined> {
  const { round, attempt, head, quorum } = settlement;
  const late = isLate(moment, settlement);
  const keep = async (found: PostingRecord['found'], why: Flaw | null, blocks: readonly string[]) => {
    const record = { head, round, attempt, found, flaw: why, blocks: [...blocks], dispute: null };
    await watch.records.write(record);
    return record;
  };
  const checked = await checkedBy(watch, moment.facts, settlement);
  if (checked.verdict === 'right') {
    const partly = checked.by === 'lineage';
    const record = await keep(partly ? 'partly' : 'right', null, []);
    if (checked.by !== 'agreement') yield { kind: 'checked', round, head, partly };
    return record;
  }
  const { verdict, flaw: why, blocks } = checked;
  // Who signed for a quorum had the evidence: where it is gone since, one party's want of it voids nothing.
  if (verdict === 'false' || (verdict === 'missing' && late && !quorum)) {
    const record = await keep('false', why, blocks);
    yield { kind: 'false', round, head, flaw: why };
    return record;
  }
  retries.failed(head, late);
  if (!late || earlier) return earlier;
  const record = await keep('unchecked', why, blocks);
  yield { kind: 'not-checked', round, head, flaw: why };
  return record;
}

/** The chain by itself first: what the bitmaps earn needs neither IPFS nor evidence. */
async function checkedBy(
  { check }: PostingWatch,
  facts: JobFacts,
  settlement: SettlementOnChain,
): Promise<
  | Exclude<Checked, { verdict: 'missing' }>
  | Readonly<{ verdict: 'missing' | 'trouble'; flaw: Flaw; blocks: readonly string[] }>
> {
  const broken = payoutsFlaw(facts, settlement);
  if (broken) return { verdict: 'false', flaw: broken, blocks: [] };
  try {
    return await check(facts, settlement);
  } catch (error) {
    if (!(error instanceof TributaryError)) throw error;
    return { verdict: 'trouble', flaw: flaw(error.code, error.message), blocks: [] };
  }
}

function payoutsFlaw(facts: JobFacts, { round, payoutRoot, total }: SettlementOnChain): Flaw | null {
  const bitmaps = facts.settlements.slice(0, round).map(({ participants }) => participants);
  const earned = earnedPayouts(facts, bitmaps).at(-1);
  return earned?.root === payoutRoot && earned.total === total.toString()
    ? null
    : flaw('history/other-payouts', `round ${round} of job ${facts.job} pays other amounts than were earned`);
}

/** What is in the way is said once a run, and tried again as long as the window is open. */
async function* oppose(
  watch: PostingWatch,
  said: Set<string>,
  settlement: SettlementOnChain,
  record: PostingRecord,
  late: boolean,
): AsyncGenerator<PostingEvent, PostingRecord, undefined> {
  const { round, head } = record;
  const outcome = await attempted(watch, settlement, record, late);
  if ('code' in outcome) {
    const words = `${head} ${outcome.code}`;
    if (!said.has(words)) yield { kind: 'not-challenged', round, head, flaw: outcome };
    said.add(words);
    return record;
  }
  const { own, challenger } = outcome;
  const challenged = { ...record, dispute: { own, over: !own } };
  await watch.records.write(challenged);
  yield { kind: 'challenged', round, head, own, challenger };
  return challenged;
}

async function attempted(
  watch: PostingWatch,
  settlement: SettlementOnChain,
  record: PostingRecord,
  late: boolean,
) {
  try {
    return await challengePosting(watch, settlement, record, late);
  } catch (error) {
    if (!(error instanceof TributaryError)) throw error;
    return flaw(error.code, error.message);
  }
}

/** @returns whether this dispute is over */
async function* follow(
  { contracts, records }: PostingWatch,
  { now }: Moment,
  record: PostingRecord,
): AsyncGenerator<PostingEvent, boolean, undefined> {
  const ends = await concludeOwn(contracts, record, now);
  if (ends.length === 0) return false;
  await records.write({ ...record, dispute: { own: true, over: true } });
  yield* ends;
  return true;
}
