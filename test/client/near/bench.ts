/** Twelve owners' clients in a sparse attempt, around a coordinator and an escrow in memory. */
import { quantise } from '#crypto/quantise.ts';
import { seededRng } from '#crypto/random.ts';
import { holdersOf } from '#crypto/graph.ts';
import type { Attempt } from '#client/attempt.ts';
import { openJournal } from '#client/journal/journal.ts';
import { openLineage } from '#client/lineage.ts';
import { takeStep } from '#client/take-step.ts';
import type { AttemptOnChain } from '#contracts/attempts.ts';
import { attemptView, type NearViewOf } from '#protocol/attempt-view.ts';
import type { Flaw } from '#protocol/flaw.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import { buildRoster, type Expected, type Roster } from '#protocol/rules/roster.ts';
import { agreedRoot } from '#protocol/rules/survivors.ts';
import { toBytes32, type Bytes32 } from '#protocol/units.ts';
import { domain, operatorAddress, operatorKey } from '#test/support/cohort.ts';
import type { LineageJob } from '#test/support/lineage.ts';
import { draw, nearView, terms, twelve, type NearPhase } from '#test/support/near.ts';
import { ownerOf, quick, theJob, updateOf } from '../support/cohort.ts';
import { MemoryCoordinator } from '../support/coordinator.ts';
import { copyHome, keepHome, newHome } from '../support/home.ts';

const zero = toBytes32(`0x${'00'.repeat(32)}`);
const nothing: AttemptOnChain = { outcome: 'none', roster: zero, seedBlock: 0, survivors: zero };

/** What the clients' own RPC answers; tests bend it. */
export type Escrow = { attempt: AttemptOnChain; seed: Bytes32 | null; asked: number };

export type NearBench = Readonly<{
  lineage: LineageJob;
  coordinator: MemoryCoordinator;
  expected: Expected;
  escrow: Escrow;
  attempts: readonly Attempt[];
  homes: readonly string[];
}>;

export const weight = 2;
export const seats = Array.from({ length: twelve }, (_, seat) => ({
  price: BigInt(1000 * (seat + 1)),
  dataset: BigInt(seat + 1),
  operator: operatorAddress(seat),
  owner: ownerOf(seat),
}));
export const everyone = seats.map((_, seat) => seat);

/** The job of the other tests with twelve seats and sparse terms. */
async function sparseJob(): Promise<LineageJob> {
  const lineage = await theJob();
  const [dataset] = lineage.job.manifest.datasets;
  const datasets = seats.map((_, seat) => ({ ...dataset!, dataset: seat + 1, weight }));
  const manifest = { ...lineage.manifest, datasets };
  return { ...lineage, manifest, job: { ...lineage.job, manifest, sparse: terms } };
}

type Options = Readonly<{ homes?: readonly string[]; members?: readonly number[]; id?: AttemptId }>;

export async function nearBench(options: Options = {}): Promise<NearBench> {
  const lineage = await sparseJob();
  const id = options.id ?? { job: 7, round: 1, attempt: 1 };
  const expected: Expected = { ...id, model: lineage.initial.digest, ...lineage.job.digests };
  const at = {
    lineage,
    expected,
    coordinator: new MemoryCoordinator(expected, lineage.store),
    escrow: { attempt: nothing, seed: draw.randao, asked: 0 },
    homes: options.homes ?? everyone.map(() => newHome()),
  };
  return { ...at, attempts: (options.members ?? everyone).map((seat) => attemptOf(at, seat)) };
}

function attemptOf(at: Omit<NearBench, 'attempts'>, seat: number): Attempt {
  const { lineage, coordinator, escrow, expected } = at;
  const { job, initial, store } = lineage;
  const home = at.homes[seat]!;
  const journal = openJournal(home, operatorKey(seat), quick);
  const readAttempt = async () => {
    escrow.asked++;
    return escrow.attempt;
  };
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
    rng: seededRng(new TextEncoder().encode(`sparse seat ${seat} attempt ${coordinator.id.attempt}`)),
    now: () => 1_900_000_000,
    journal,
    record: journal.attempt(domain, coordinator.id),
    lineage: openLineage(home, quick),
    evidenceFolder: home,
    api: {
      ...coordinator.api,
      // A dealer's ciphertexts stand at its holders' ranks.
      deliveries: async (_id, member) =>
        coordinator.shares.flatMap(({ message, ciphertexts }) => {
          const place = holdersOf(rosterOf(at).graph, message.member).rankOf(member);
          const ciphertext = place === undefined ? undefined : ciphertexts[place];
          return ciphertext && message.member !== member ? [{ dealer: message.member, ciphertext }] : [];
        }),
    },
    acknowledged: new Set(),
    store,
    readSeats: async () => seats,
    readAttempt,
    readSeed: async (block) => (block === draw.seedBlock ? escrow.seed : null),
    readCommitted: async () => ({ ...(await readAttempt()), randao: draw.randao }),
    cohortFlaw: () => null,
    train: async () => ({
      quantised: quantise(updateOf(seat, job.parameters.dimension), weight, job.parameters),
      backend: 'wasm',
    }),
    hold: () => Promise.resolve(),
    log: { info: () => undefined, warn: () => undefined },
  };
}

/** The roster of those that enrolled, whole. */
export const rosterOf = ({ coordinator }: Pick<NearBench, 'coordinator'>): Roster =>
  buildRoster(domain, coordinator.enrolments, { draw, seats: twelve });

export const neighboursOf = (at: NearBench, member: number): readonly number[] =>
  rosterOf(at).graph.neighboursOf(member).indices;

/** What an honest coordinator shows a seat, as it crosses the wire. */
export function viewFor<P extends NearPhase>(
  at: NearBench,
  phase: P,
  seat: number,
  proposal?: NearViewOf<'settling'>['proposal'],
): NearViewOf<P> {
  const { coordinator, expected } = at;
  const shares = coordinator.shares.map(({ message, signature }) => ({ message, signature }));
  const { enrolments, inputs, confirmations } = coordinator;
  if (proposal) coordinator.propose(proposal);
  const arrived = { domain, expected, seats, enrolments, draw, shares, inputs, confirmations };
  const view = nearView(phase, { ...arrived, ...(proposal && { proposal }) }, seat);
  return attemptView.parse(JSON.parse(JSON.stringify(view))) as NearViewOf<P>;
}

/** Shows some clients a phase. @returns the codes of what they object to */
export async function show<P extends NearPhase>(
  at: NearBench,
  phase: P,
  members: readonly number[] = at.attempts.map(({ seat }) => seat),
  change: (view: NearViewOf<P>) => Partial<NearViewOf<P>> = () => ({}),
): Promise<(string | null)[]> {
  const found: (Flaw | null)[] = [];
  for (const attempt of at.attempts.filter(({ seat }) => members.includes(seat))) {
    const view = viewFor(at, phase, attempt.seat);
    found.push(await takeStep(attempt, { ...view, ...change(view) }));
  }
  return found.map((flaw) => flaw?.code ?? null);
}

export async function enrolAll(at: NearBench, members = everyone): Promise<(string | null)[]> {
  const found: (Flaw | null)[] = [];
  for (const attempt of at.attempts.filter(({ seat }) => members.includes(seat))) {
    found.push(await takeStep(attempt, at.coordinator.view('enrolling')));
  }
  return found.map((flaw) => flaw?.code ?? null);
}

/** The escrow takes the roster that enrolled. */
export function commit(at: NearBench): void {
  at.escrow.attempt = {
    outcome: 'committed',
    roster: rosterOf(at).root,
    seedBlock: draw.seedBlock,
    survivors: zero,
  };
}

/** The escrow takes the inputs that arrived. */
export function agree(at: NearBench): void {
  const survivors = agreedRoot(rosterOf(at), at.coordinator.inputs);
  at.escrow.attempt = { ...at.escrow.attempt, outcome: 'survivors', survivors };
}

/** A member that never uploads: all else arrives. */
export const lostOne = 9;

const phases = ['sharing', 'masking', 'confirming', 'unmasking', 'settling'] as const;
type Played = (typeof phases)[number];
const played = new Map<Played, Promise<NearBench>>();

/** Some of twelve clients just before they act in a phase; `lostOne` was lost at upload. */
export async function nearBenchAt(phase: Played, members: readonly number[]): Promise<NearBench> {
  const before = await (played.get(phase) ?? play(phase));
  return copyOf(before, members);
}

function play(phase: Played): Promise<NearBench> {
  const playing = playBefore(phase);
  played.set(phase, playing);
  return playing;
}

async function playBefore(phase: Played): Promise<NearBench> {
  const before = phases[phases.indexOf(phase) - 1];
  if (!before) {
    const at = await nearBench();
    at.homes.forEach(keepHome);
    await enrolAll(at);
    commit(at);
    return at;
  }
  const present = everyone.filter((seat) => before === 'sharing' || seat !== lostOne);
  const at = await nearBenchAt(before, everyone);
  at.homes.forEach(keepHome);
  await show(at, before, present);
  if (before === 'confirming') agree(at);
  return at;
}

async function copyOf(at: NearBench, members: readonly number[]): Promise<NearBench> {
  const homes = at.homes.map((home, seat) => (members.includes(seat) ? copyHome(home) : home));
  const copy = await nearBench({ homes, members });
  copy.coordinator.copyFrom(at.coordinator);
  Object.assign(copy.escrow, at.escrow, { asked: 0 });
  return copy;
}
