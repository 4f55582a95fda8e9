/** A job that was launched on a stage, and a watch of it that a test can read. */
import type { Patience } from '#buyer/backoff.ts';
import { evidenceFile } from '#buyer/evidence.ts';
import { readJobState, type JobState } from '#buyer/job-state.ts';
import { launch } from '#buyer/launch.ts';
import type { Evaluating } from '#buyer/rounds.ts';
import { domainOf } from '#buyer/setting.ts';
import { watchJob } from '#buyer/watch.ts';
import type { Events, WatchEvent } from '#buyer/watch-events.ts';
import { rowsInMemory } from '#datasets/row-source.ts';
import { loadBackend } from '#model/tensorflow.ts';
import { fakeCoordinator, type Fake, type Lies } from './fake-coordinator.ts';
import { planOf, type Stage } from './stage.ts';

/** The time by which the buyer dates its requests. */
export const now = () => 1_900_000_000;

/** Eight held-out rows, on the backend that loads fastest. */
export async function evaluatingRows(): Promise<Evaluating> {
  const heldOut = rowsInMemory(3, {
    features: Float32Array.from({ length: 24 }, (_, at) => Math.sin(at)),
    labels: Float32Array.from({ length: 8 }, (_, at) => at % 2),
  });
  return { backend: await loadBackend({ prefer: 'cpu' }), heldOut };
}

export type Launched = Readonly<{
  job: number;
  coordinator(lies?: Lies, lost?: number[][]): Fake;
  events(fake: Fake, signal?: AbortSignal): Events;
  /** The whole watch. */
  watch(fake: Fake): Promise<WatchEvent[]>;
  state(): Promise<JobState>;
  carOf(round: number): string;
}>;

/** In its second round, unless told otherwise, member 2 drops out. */
export async function launched(stage: Stage, evaluating: Evaluating): Promise<Launched> {
  const { setting, store } = stage;
  const { job } = await launch(setting, planOf(stage), { name: 'job', purchase: 'approve' });
  const patience = (signal = new AbortController().signal): Patience => ({
    firstMillis: 1,
    longestMillis: 2,
    pollMillis: 1,
    signal,
  });
  const events = (fake: Fake, signal?: AbortSignal) =>
    watchJob(setting, { job, evaluating, patience: patience(signal), connect: () => fake.api, now });
  return {
    job,
    coordinator: (lies = {}, lost = [[], [2]]) => fakeCoordinator(stage, job, lies, lost),
    events,
    async watch(fake) {
      const all: WatchEvent[] = [];
      for await (const event of events(fake)) all.push(event);
      return all;
    },
    state: () => readJobState(setting.contracts, store, domainOf(setting), job),
    carOf: (round) => evidenceFile(setting.home, domainOf(setting), { job, round, attempt: 1 }),
  };
}

/** Events as words; without the checks of posted rounds that held, which may come before or after others. */
export const kinds = (events: readonly WatchEvent[]): string[] =>
  events.flatMap((event) => {
    if (event.kind === 'posting' && event.posting.kind === 'checked') return [];
    if (event.kind === 'round') return `round ${event.report.round}`;
    if (event.kind === 'phase') return event.phase;
    if (event.kind === 'refused') return `refused ${event.flaw.code}`;
    return event.kind === 'waiting' ? `waiting ${event.code}` : event.kind;
  });
