/** Five owners' clients with real journals, keys and steps, around a coordinator in memory. */
import { writeSync } from 'node:fs';
import { quantise } from '#crypto/quantise.ts';
import { seededRng, type Rng } from '#crypto/random.ts';
import type { Attempt } from '#client/attempt.ts';
import { openJournal } from '#client/journal/journal.ts';
import type { DiskCalls } from '#client/journal/disk.ts';
import { openLineage } from '#client/lineage.ts';
import { takeStep } from '#client/take-step.ts';
import type { ViewOf, WholeView } from '#protocol/attempt-view.ts';
import type { Flaw } from '#protocol/flaw.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import type { Expected, SeatFacts } from '#protocol/rules/roster.ts';
import { toAddress } from '#protocol/units.ts';
import { domain, operatorAddress, operatorKey } from '#test/support/cohort.ts';
import { lineageJob, seatPrices, type LineageJob } from '#test/support/lineage.ts';
import { MemoryCoordinator } from './coordinator.ts';
import { copyHome, keepHome, newHome } from './home.ts';

let shared: Promise<LineageJob> | undefined;
/** The job is the same for all tests, and nothing changes it. */
export const theJob = (): Promise<LineageJob> => (shared ??= lineageJob());

export const ownerOf = (seat: number) => toAddress(`0x${(seat + 1).toString(16).padStart(40, '0')}`);
export const seatsOnChain = (): (SeatFacts & { price: bigint })[] =>
  seatPrices.map(({ price }, seat) => ({
    price,
    dataset: BigInt(seat + 1),
    operator: operatorAddress(seat),
    owner: ownerOf(seat),
  }));

export type Bench = Readonly<{
  lineage: LineageJob;
  coordinator: MemoryCoordinator;
  attempts: readonly Attempt[];
  homes: readonly string[];
}>;

export type BenchOptions = Readonly<{
  id?: AttemptId;
  homes?: readonly string[];
  members?: readonly number[];
  seed?: string;
  calls?: DiskCalls;
}>;

/** The disk's own tests wait for the disk; these have other questions. */
export const quick: DiskCalls = {
  write: (file, bytes) => void writeSync(file, bytes),
  sync: () => undefined,
};

const text = (words: string) => new TextEncoder().encode(words);

/** Seats 0 … 4 with one client each, all ready to enrol. */
export async function bench(options: BenchOptions = {}): Promise<Bench> {
  const lineage = await theJob();
  const id = options.id ?? { job: 7, round: 1, attempt: 1 };
  const expected: Expected = { ...id, model: lineage.initial.digest, ...lineage.job.digests };
  const coordinator = new MemoryCoordinator(expected, lineage.store);
  const homes = options.homes ?? seatPrices.map(() => newHome());
  const attempts = (options.members ?? homes.map((_, seat) => seat)).map((seat) =>
    attemptOf(lineage, expected, coordinator, seat, homes[seat]!, options),
  );
  return { lineage, coordinator, attempts, homes };
}

function attemptOf(
  { job, initial, store, manifest }: LineageJob,
  expected: Expected,
  coordinator: MemoryCoordinator,
  seat: number,
  home: string,
  options: BenchOptions,
): Attempt {
  const journal = openJournal(home, operatorKey(seat), options.calls ?? quick);
  const weight = manifest.datasets[seat]!.weight;
  return {
    id: coordinator.id,
    job,
    seat,
    dataset: seat + 1,
    weight,
    model: initial,
    expected,
    previous: null,
    bonusPool: 900n,
    key: operatorKey(seat),
    operator: operatorAddress(seat),
    rng: rngOf(`${options.seed ?? ''} seat ${seat} attempt ${coordinator.id.attempt}`),
    now: () => 1_900_000_000,
    journal,
    record: journal.attempt(domain, coordinator.id),
    lineage: openLineage(home, quick),
    evidenceFolder: home,
    api: coordinator.api,
    acknowledged: new Set(),
    store,
    readSeats: async () => seatsOnChain(),
    ...noSparse,
    cohortFlaw: () => null,
    train: async () => ({
      quantised: quantise(updateOf(seat, job.parameters.dimension), weight, job.parameters),
      backend: 'wasm',
    }),
    hold: () => Promise.resolve(),
    log: { info: () => undefined, warn: () => undefined },
  };
}

/** A complete graph asks the chain nothing of its attempts. */
export const notAsked = () => Promise.reject(new Error('the chain was asked about a sparse attempt'));
const noSparse = { readAttempt: notAsked, readSeed: notAsked, readCommitted: notAsked };

const rngOf = (seed: string): Rng => seededRng(text(seed));

/** What a seat's training gives: distinct, signed, unround. */
export const updateOf = (seat: number, dimension: number): Float64Array =>
  Float64Array.from({ length: dimension }, (_, at) => Math.cos((seat + 2) * (at + 0.3)) / 9);

/** The same client after a restart: everything but its home is new. */
export function restarted(attempt: Attempt, home: string, seed = 'after a restart'): Attempt {
  const journal = openJournal(home, attempt.key, quick);
  return {
    ...attempt,
    journal,
    record: journal.attempt(domain, attempt.id),
    acknowledged: new Set(),
    rng: rngOf(seed),
  };
}

/** Shows a phase to some clients, all by default. @returns what each of them objects to */
export async function show<P extends Exclude<WholeView['phase'], 'settled'>>(
  { coordinator, attempts }: Bench,
  phase: P,
  seats: readonly number[] = attempts.map(({ seat }) => seat),
  change: Partial<ViewOf<P>> = {},
): Promise<(Flaw | null)[]> {
  const view = coordinator.view(phase, change);
  const flaws: (Flaw | null)[] = [];
  for (const attempt of attempts.filter(({ seat }) => seats.includes(seat)))
    flaws.push(await takeStep(attempt, view));
  return flaws;
}

/** Plays the phases before one; who is lost before a phase does not act in it or later. */
export async function playUntil(
  at: Bench,
  phase: WholeView['phase'],
  lost: Partial<Record<WholeView['phase'], readonly number[]>> = {},
) {
  let present = at.attempts.map(({ seat }) => seat);
  for (const next of ['enrolling', 'sharing', 'masking', 'confirming', 'unmasking'] as const) {
    if (next === phase) return;
    present = present.filter((seat) => !(lost[next] ?? []).includes(seat));
    await show(at, next, present);
  }
}

const phases = ['enrolling', 'sharing', 'masking', 'confirming', 'unmasking', 'settling'] as const;
type Played = (typeof phases)[number];
const played = new Map<Played, Promise<Bench>>();

/** Five clients, none lost, just before they act in a phase: a copy of one that was played before. */
export async function benchAt(phase: Played): Promise<Bench> {
  const found = played.get(phase) ?? play(phase);
  played.set(phase, found);
  return copyOf(await found, phase);
}

async function play(phase: Played): Promise<Bench> {
  const before = phases[phases.indexOf(phase) - 1];
  const at = before ? await benchAt(before) : await bench();
  at.homes.forEach(keepHome);
  if (before) await show(at, before as 'enrolling');
  return at;
}

async function copyOf(at: Bench, seed: string): Promise<Bench> {
  const copy = await bench({ homes: at.homes.map(copyHome), seed });
  copy.coordinator.copyFrom(at.coordinator);
  return copy;
}
