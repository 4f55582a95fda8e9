/** The coordinator as it is, behind its HTTP interface, with owners' clients as they are around it. */
import { join } from 'node:path';
import { aggregator } from '#coordinator/aggregation/aggregate.ts';
import { attemptsIn } from '#coordinator/blobs/folder.ts';
import { announce } from '#coordinator/round/announced.ts';
import type { AttemptRules } from '#coordinator/round/base.ts';
import { disk } from '#coordinator/store/files.ts';
import { openVectors } from '#coordinator/store/vectors.ts';
import { takeStep } from '#client/take-step.ts';
import type { Attempt } from '#client/attempt.ts';
import { isFlaw, membershipIn, type Membership } from '#client/steps/membership.ts';
import { nearMembershipIn } from '#client/near/membership.ts';
import { scratchStore } from '#datasets/scratch-store.ts';
import { openThreads } from '#model/unmasking/threads.ts';
import { isNear, type AttemptView, type Phase } from '#protocol/attempt-view.ts';
import { evidenceByDefault } from '#protocol/evidence-terms.ts';
import { agreedRoot } from '#protocol/rules/survivors.ts';
import { bench } from '#test/client/support/cohort.ts';
import { nearBench, rosterOf as nearRosterOf, type NearBench } from '#test/client/near/bench.ts';
import { memoryRecords, performers, settle } from '#test/coordinator/fakes.ts';
import { serve, type Service } from '#test/coordinator/http/service.ts';
import { at, buyer, START } from '#test/coordinator/fixtures.ts';
import { domain } from '#test/support/cohort.ts';
import { draw } from '#test/support/near.ts';
import type { LineageJob } from '#test/support/lineage.ts';

/** A whole round costs seconds: most of them are played by `npm run test:slow` alone. */
export const slowly = (what: string, play: () => Promise<void>): void => {
  it(what, function () {
    if (process.env['TRIBUTARY_SLOW_TESTS'] !== '1') {
      console.log('skipped: npm run test:slow plays it');
      this.skip();
    }
    return play();
  });
};

export type Stage = Readonly<{
  lineage: LineageJob;
  attempts: readonly Attempt[];
  service: Service;
  /** What clients said to people. */
  said: { facts: object; message: string }[];
  stop(): Promise<void>;
}>;

/** Five owners in a complete graph, t = 4. */
export async function completeStage(): Promise<Stage> {
  const { lineage, attempts } = await bench();
  return stageOf(lineage, attempts, null);
}

/** Twelve owners of six neighbours each, t = 5. */
export async function sparseStage(): Promise<Stage> {
  const near = await nearBench();
  return stageOf(near.lineage, near.attempts, near);
}

async function stageOf(
  lineage: LineageJob,
  clients: readonly Attempt[],
  near: NearBench | null,
): Promise<Stage> {
  const [first] = clients;
  if (!first) throw new Error('no clients');
  const { expected, id } = first;
  const seats = await first.readSeats();
  const rules: AttemptRules = {
    domain,
    expected,
    aggregation: lineage.job.parameters,
    sparse: lineage.job.sparse,
    buyer,
    seats: seats.map(({ dataset, operator, owner }) => ({
      dataset: Number(dataset),
      operator,
      owner,
      unitsLeft: 2,
    })),
    minimumCohort: 3,
    evidence: evidenceByDefault,
    phases: lineage.manifest.phases,
    announcedAt: START,
    cutoff: at(1_000_000),
  };
  const evidence = scratchStore();
  const aggregate = aggregator({
    records: {
      ...memoryRecords(),
      unmaskings: (of) => service.records.unmaskings(of),
      openings: (of, holders) => service.records.openings(of, holders),
    },
    vectors: {
      ...openVectors(attemptsIn('', disk)),
      read: (of, input) => openVectors(attemptsIn(join(service.folder, 'inputs'), disk)).read(of, input),
    },
    evidence: () => evidence,
    ipfs: scratchStore(lineage.store),
    loadLineage: async () => ({
      job: lineage.job,
      facts: { seats, bonusPool: 900n } as never,
      before: lineage.job.manifest.model,
      previous: null,
    }),
    threads: openThreads,
  });
  const service: Service = await serve({ id } as never, announce(rules), {
    performers: performers({
      aggregate,
      commitRoster: async (state) => {
        if (!near) throw new Error('no sparse attempt');
        near.coordinator.enrolments.push(...structuredClone(state.enrolments));
        near.escrow.attempt = {
          ...near.escrow.attempt,
          outcome: 'committed',
          roster: nearRosterOf(near).root,
          seedBlock: draw.seedBlock,
        };
        return { type: 'drawn', draw };
      },
      fixSurvivors: async ({ inputs }) => {
        if (!near) throw new Error('no sparse attempt');
        const survivors = agreedRoot(nearRosterOf(near), inputs);
        near.escrow.attempt = { ...near.escrow.attempt, outcome: 'survivors', survivors };
        return { type: 'agreed' };
      },
    }),
  });
  const said: Stage['said'] = [];
  const say = (facts: object, message: string) => void said.push({ facts, message });
  const attempts = clients.map((client) => ({
    ...client,
    api: service.api,
    log: { info: () => undefined, warn: say },
  }));
  return { lineage, attempts, service, said, stop: () => service.stop() };
}

export const viewFor = ({ service }: Stage, { id, seat }: Attempt): Promise<AttemptView> =>
  service.api.attempt(id, undefined, 0, seat);

/** Lets clients act in the present phase. @returns the codes of what they object to */
export async function act(
  stage: Stage,
  seats: (seat: number) => boolean = () => true,
): Promise<(string | null)[]> {
  const found: (string | null)[] = [];
  for (const attempt of stage.attempts.filter(({ seat }) => seats(seat))) {
    found.push((await takeStep(attempt, await viewFor(stage, attempt)))?.code ?? null);
  }
  await settle();
  return found;
}

/** The time of the present phase passes. */
export async function timeOut(stage: Stage): Promise<void> {
  const { service, attempts } = stage;
  const { deadline } = await viewFor(stage, attempts[0]!);
  await service.clock.advance(deadline - service.clock.now());
}

export const phaseOf = async (stage: Stage): Promise<Phase> =>
  (await viewFor(stage, stage.attempts[0]!)).phase;

/** Waits for what the coordinator does by itself. */
export async function untilPhase(stage: Stage, phase: Phase): Promise<void> {
  const end = Date.now() + 30_000;
  while ((await phaseOf(stage)) !== phase) {
    if (Date.now() > end) throw new Error(`still ${await phaseOf(stage)}: ${lastLine(stage)}`);
    await settle();
  }
}

const lastLine = ({ service }: Stage): string => JSON.stringify(service.log.lines.at(-1));

/** A client's place in the roster that it is shown. */
export async function membershipOf(stage: Stage, attempt: Attempt): Promise<Membership> {
  const view = await viewFor(stage, attempt);
  if (view.phase !== 'sharing') throw new Error(view.phase);
  const found = isNear(view)
    ? await nearMembershipIn(attempt, view.roster)
    : await membershipIn(attempt, view.roster);
  if (isFlaw(found)) throw new Error(found.code);
  return found;
}
