/** An honest attempt with real keys, signatures, shares and masks, for tests to bend one thing at a time. */
import { SigningKey, computeAddress } from 'ethers';
import { clampedSecret, generateKeys, type Binding, type EphemeralKeys } from '#crypto/agreement.ts';
import { fromHex, toHex, u32 } from '#crypto/bytes.ts';
import { maskInput } from '#crypto/masking.ts';
import { inputRoot, pack } from '#crypto/packing.ts';
import { wordBits, type AggregationParameters } from '#crypto/parameters.ts';
import { quantise } from '#crypto/quantise.ts';
import { seededRng, type Rng } from '#crypto/random.ts';
import { Secret } from '#crypto/secret.ts';
import { shareSecrets, type DealtShares } from '#crypto/sharing.ts';
import { platform } from '#platform';
import { contextOf, type AttemptId } from '#protocol/job-id.ts';
import type { Draw } from '#protocol/manifests.ts';
import type { Confirm, Enrolment, Input, Shares, Signed } from '#protocol/messages.ts';
import { buildRoster, type Expected, type Roster, type SeatFacts } from '#protocol/rules/roster.ts';
import { agreedRoot, membersDigest, sharersNear, sharersOf } from '#protocol/rules/survivors.ts';
import { signTyped } from '#protocol/signature.ts';
import type { Domain, PrimaryType } from '#protocol/typed-data.ts';
import { toAddress, toSeconds, type Bytes32 } from '#protocol/units.ts';

export const domain: Domain = { chainId: 31_337, escrow: toAddress(`0x${'ee'.repeat(20)}`) };
export const digestOfText = (text: string): Bytes32 =>
  toHex(platform.sha256(new TextEncoder().encode(text))) as Bytes32;

/** An operator key that depends on nothing but its number. */
export const operatorKey = (seat: number): SigningKey =>
  new SigningKey(toHex(platform.sha256(new TextEncoder().encode('operator'), u32(seat))));
export const operatorAddress = (seat: number) => toAddress(computeAddress(operatorKey(seat).publicKey));

export function signed<Message extends object>(
  seat: number,
  type: PrimaryType,
  message: Message,
  on: Domain = domain,
): Signed<Message> {
  return { message, signature: signTyped(operatorKey(seat), on, type, message) };
}

export type CohortOptions = Readonly<{
  n: number;
  id?: AttemptId;
  on?: Domain;
  expected?: Partial<Omit<Expected, keyof AttemptId>>;
  parameters?: Partial<AggregationParameters>;
  /** Roster members that never share, and sharers that never upload. */
  lostBeforeSharing?: readonly number[];
  lostBeforeMasking?: readonly number[];
  updates?: (member: number, dimension: number) => Float64Array;
  weight?: (member: number) => number;
  seed?: string;
  /** Members whose shares lie on a polynomial of one degree too many: t of them restore nothing of theirs. */
  steep?: readonly number[];
  /** What draws a sparse graph; without it the graph is complete. */
  draw?: Draw;
  /** Of the job: as many as members, unless some have none. */
  seats?: number;
  /** What enrolments name as their deadline. */
  deadline?: number;
}>;

export type Cohort = ReturnType<typeof cohort>;

/** Members sit in seats 0 … n − 1. */
export function cohort(options: CohortOptions) {
  const { n, id = { job: 7, round: 1, attempt: 1 }, on = domain } = options;
  const rng = seededRng(new TextEncoder().encode(options.seed ?? `cohort of ${n}`));
  const expected: Expected = {
    ...id,
    model: digestOfText('model'),
    recipe: digestOfText('recipe'),
    terms: digestOfText('terms'),
    parameters: digestOfText('parameters'),
    ...options.expected,
  };
  const parameters: AggregationParameters = {
    bits: 16,
    clip: 1,
    range: 1,
    dimension: 21,
    maxWeight: 4,
    chunkWords: 8,
    ...options.parameters,
  };
  const weight = options.weight ?? (() => parameters.maxWeight);
  const keys = Array.from({ length: n }, () => generateKeys(rng));
  const enrolments = keys.map((own, seat) =>
    signed(seat, 'Enrolment', enrolmentOf(expected, seat, own, options.deadline), on),
  );
  const sparse = options.draw ? { draw: options.draw, seats: options.seats ?? n } : null;
  const roster = buildRoster(on, enrolments, sparse);
  const w = wordBits(parameters.bits, n);
  const binding: Binding = {
    context: contextOf(on, id),
    roster: fromHex(roster.root),
    parameters: fromHex(expected.parameters),
    model: fromHex(expected.model),
  };

  const sharing = roster.members.filter(({ index }) => !(options.lostBeforeSharing ?? []).includes(index));
  const seeds = new Map(sharing.map(({ index }) => [index, new Secret(rng.bytes(32))]));
  const dealt = new Map(
    sharing.map(({ index }) => {
      const { threshold } = roster.graph;
      const needed = options.steep?.includes(index) === true ? threshold + 1 : threshold;
      return [index, deal(binding, roster, index, keys[index]!, seeds.get(index)!, rng, needed)];
    }),
  );
  const shares = sharing.map(({ index }) =>
    signed(index, 'Shares', sharesOf(id, roster, index, dealt.get(index)!), on),
  );
  const sharers = sharersOf(shares);

  const uploading = sharing.filter(({ index }) => !(options.lostBeforeMasking ?? []).includes(index));
  const quantised = new Map(
    uploading.map(({ index }) => {
      const update = options.updates?.(index, parameters.dimension) ?? updateOf(index, parameters.dimension);
      return [index, quantise(update, weight(index), parameters)];
    }),
  );
  const vectors = new Map(
    uploading.map(({ index }) => {
      const words = maskInput({
        binding,
        quantised: quantised.get(index)!,
        wordBits: w,
        member: index,
        seed: seeds.get(index)!,
        maskSecret: keys[index]!.mask.secret,
        sharers: sharersNear(roster, index, sharers),
        roster: roster.members,
      });
      return [index, pack(words, w)];
    }),
  );
  const inputs = uploading.map(({ index }) => {
    const root = toHex(inputRoot(vectors.get(index)!, parameters, w)) as Bytes32;
    const message: Input = {
      ...id,
      member: index,
      roster: roster.root,
      sharers: membersDigest(sharersNear(roster, index, sharers)),
      inputRoot: root,
    };
    return signed(index, 'Input', message, on);
  });
  const confirmations = uploading.map(({ index }) => {
    const message: Confirm = {
      ...id,
      member: index,
      roster: roster.root,
      sharers: membersDigest(sharersNear(roster, index, sharers)),
      survivors: agreedRoot(roster, inputs),
    };
    return signed(index, 'Confirm', message, on);
  });
  const secrets = sharing.map(({ index }) => {
    const survived = vectors.has(index);
    const secret = survived ? seeds.get(index)!.reveal() : clampedSecret(keys[index]!.mask.secret.reveal());
    return {
      member: index,
      kind: survived ? ('seed' as const) : ('mask' as const),
      value: toHex(secret) as Bytes32,
    };
  });
  const seats: SeatFacts[] = Array.from({ length: n }, (_, seat) => ({
    dataset: BigInt(seat + 1),
    operator: operatorAddress(seat),
    owner: toAddress(`0x${(seat + 1).toString(16).padStart(40, '0')}`),
  }));
  return {
    id,
    domain: on,
    frame: { domain: on, id, roster },
    expected,
    parameters,
    binding,
    keys,
    seats,
    roster,
    enrolments,
    shares,
    dealt,
    seeds,
    sharers,
    quantised,
    vectors,
    inputs,
    confirmations,
    secrets,
  };
}

export function enrolmentOf(
  expected: Expected,
  seat: number,
  keys: EphemeralKeys,
  deadline = 2_000_000_000,
): Enrolment {
  return {
    ...expected,
    seat,
    operator: operatorAddress(seat),
    channelKey: toHex(keys.channel.publicKey) as Bytes32,
    maskKey: toHex(keys.mask.publicKey) as Bytes32,
    deadline: toSeconds(deadline),
    backend: 'wasm',
  };
}

function deal(
  binding: Binding,
  roster: Roster,
  member: number,
  own: EphemeralKeys,
  seed: Secret,
  rng: Rng,
  threshold: number,
) {
  return shareSecrets({
    binding,
    member,
    seed,
    maskSecret: own.mask.secret,
    channelSecret: own.channel.secret,
    roster: roster.members,
    graph: { ...roster.graph, threshold },
    rng,
  });
}

function sharesOf(id: AttemptId, roster: Roster, member: number, dealt: DealtShares): Shares {
  return {
    ...id,
    member,
    roster: roster.root,
    seedDigest: toHex(dealt.seedDigest) as Bytes32,
    shareRoot: toHex(dealt.shareRoot) as Bytes32,
    ciphertextRoot: toHex(dealt.ciphertextRoot) as Bytes32,
  };
}

/** Distinct, signed, unround numbers well inside the clipping bound. */
const updateOf = (member: number, dimension: number) =>
  Float64Array.from({ length: dimension }, (_, i) => Math.sin((member + 1) * (i + 0.7)) / 7);
