/** What a round starts from: the model that the settled rounds give, recomputed, and whether they kept faith. protocol.md §4.7, §6.3 */
import type { BlockStore } from '#datasets/blockstore.ts';
import { scratchStore } from '#datasets/scratch-store.ts';
import type { JobFacts } from '#contracts/job-facts.ts';
import { continuing, loadHistory, transitionFlaw, type RoundRecord } from '#model/history.ts';
import type { Job } from '#model/job.ts';
import { loadModel, putInitialModel, type Model } from '#model/model-store.ts';
import type { PreviousRound } from '#model/round-result.ts';
import { flaw, type Flaw } from '#protocol/flaw.ts';
import { earnedPayouts } from './earned.ts';
import type { Bytes32 } from '#protocol/units.ts';
import type { Journal } from './journal/journal.ts';

export type Basis = Readonly<{ round: number; model: Model; previous: PreviousRound | null }>;

/**
 * Reads the lineage up to the last settled round and holds that round against what it should be.
 *
 * @param isRight whether this client has checked a posting by itself, and it was right
 * @returns a flaw where the last round broke a rule: then the next one is not begun
 * @throws TributaryError `lineage/…` where the lineage is broken, and those of the store
 */
export async function basisOf(
  store: BlockStore,
  job: Job,
  facts: JobFacts,
  journal: Journal,
  isRight: (head: Bytes32) => boolean = () => false,
): Promise<Basis | Flaw> {
  const round = facts.settlements.length + 1;
  const history = await loadHistory(store, job, facts.settlements);
  const last = history.at(-1);
  if (!last) {
    const model = await loadModel(store, job.manifest.model);
    return (await seedFlaw(job, model)) ?? { round, model, previous: null };
  }
  const head = facts.settlements.at(-1)?.head;
  const broken =
    (head !== undefined && isRight(head) ? null : attestedFlaw(journal, job, last)) ??
    payoutsFlaw(facts) ??
    (await transitionFlaw(store, job, last.manifest));
  if (broken) return broken;
  return {
    round,
    model: await loadModel(store, last.manifest.modelAfter),
    previous: await continuing(store, job, last, earnedPayouts(facts)?.leaves ?? []),
  };
}

/** The initial weights are those of the job's public seed: nobody chose them. */
async function seedFlaw({ manifest }: Job, { cid, topologyCid, topology }: Model): Promise<Flaw | null> {
  const drawn = await putInitialModel(scratchStore(), topologyCid, topology, manifest.seed);
  return drawn.cid.equals(cid)
    ? null
    : flaw('terms/other-initial-model', "the job's initial model is not the one that its seed gives");
}

/** What was settled is what this client attested, if it attested that attempt. */
function attestedFlaw(journal: Journal, { id }: Job, { settlement }: RoundRecord): Flaw | null {
  const { round, attempt, manifest, payoutRoot } = settlement;
  const attested = journal.attempt(id, { job: id.job, round, attempt }).decided('attestation')?.message;
  return !attested || (attested.manifest === manifest && attested.payoutRoot === payoutRoot)
    ? null
    : flaw(
        'history/other-than-attested',
        `round ${round} was settled with other results than this client attested`,
      );
}

/** The last round pays what all rounds earned, by the bitmaps and prices that the chain holds. */
export function payoutsFlaw(facts: JobFacts): Flaw | null {
  const settled = facts.settlements.at(-1);
  const earned = earnedPayouts(facts);
  return settled &&
    earned &&
    (earned.root !== settled.payoutRoot || earned.total !== settled.total.toString())
    ? flaw(
        'history/other-payouts',
        `round ${settled.round} of job ${facts.job} pays other amounts than were earned`,
      )
    : null;
}
