/** A sparse attempt whose members have all shared, as a coordinator's database holds it; and the inputs that it waits for. */
import { generateKeys } from '#crypto/agreement.ts';
import { toHex, utf8 } from '#crypto/bytes.ts';
import { inputRoot } from '#crypto/packing.ts';
import { packedBytes, wordBits } from '#crypto/parameters.ts';
import { type Rng, seededRng } from '#crypto/random.ts';
import type { Masking } from '#coordinator/round/masking.ts';
import { evidenceByDefault } from '#protocol/evidence-terms.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import type { Draw } from '#protocol/manifests.ts';
import type { Input, Signed } from '#protocol/messages.ts';
import { buildRoster } from '#protocol/rules/roster.ts';
import { degreeFor } from '#protocol/rules/sparse.ts';
import { membersDigest, sharersNear, sharersOf } from '#protocol/rules/survivors.ts';
import type { Domain } from '#protocol/typed-data.ts';
import { type Address, type Bytes32, toAddress, toSeconds } from '#protocol/units.ts';
import { enrolmentOf, operatorAddress, signed } from '#test/support/cohort.ts';

const day = 86_400;

export type Waiting = Readonly<{
  id: AttemptId;
  state: Masking;
  /** A member's signed input, and its bytes: random, as masked ones look. */
  inputOf(member: number): Readonly<{ envelope: Signed<Input>; vector: Uint8Array }>;
}>;

export function attemptInMasking(
  domain: Domain,
  buyer: Address,
  members: number,
  weights: number,
  job = 7,
): Waiting {
  const id: AttemptId = { job, round: 1, attempt: 1 };
  const now = Math.floor(Date.now() / 1000);
  // Nothing runs out while the bench runs.
  const deadline = toSeconds(now + day);
  const rng = seededRng(utf8(`bench/server-memory/${members}/${job}`));
  const digest = (): Bytes32 => toHex(rng.bytes(32)) as Bytes32;
  const expected = { ...id, model: digest(), recipe: digest(), terms: digest(), parameters: digest() };
  const aggregation = {
    ...{ bits: 16, clip: 1, range: 1, dimension: weights, maxWeight: 1, chunkWords: 65_536 },
  };
  const sparse = { above: 100, corruption: 0.05, dropout: 0.05 };
  const draw: Draw = { ...degreeFor(members, sparse), seedBlock: 40, randao: digest() };
  const seats = Array.from({ length: members }, (_, seat) => ({
    dataset: seat + 1,
    operator: operatorAddress(seat),
    owner: toAddress(`0x${(seat + 1).toString(16).padStart(40, '0')}`),
    unitsLeft: 1,
  }));
  const enrolments = seats.map((_, seat) =>
    signed(seat, 'Enrolment', enrolmentOf(expected, seat, generateKeys(rng), deadline), domain),
  );
  const roster = buildRoster(domain, enrolments, { draw, seats: members });
  const shares = seats.map((_, member) => {
    // What they commit to is asked for only when they are opened.
    const commitments = { seedDigest: digest(), shareRoot: digest(), ciphertextRoot: digest() };
    return signed(member, 'Shares', { ...id, member, roster: roster.root, ...commitments }, domain);
  });
  const rules = {
    ...{ domain, expected, aggregation, sparse, buyer, seats },
    minimumCohort: 3,
    phases: { enrolling: day, sharing: day, masking: day, confirming: day, unmasking: day, settling: day },
    announcedAt: toSeconds(now),
    cutoff: deadline,
    evidence: evidenceByDefault,
  };
  const sharers = sharersOf(shares);
  const w = wordBits(aggregation.bits, members);
  // The same in every job.
  const base = bytesOf(seededRng(utf8('bench/vector')), packedBytes(aggregation, w));
  return {
    id,
    state: {
      ...{ phase: 'masking', rules, deadline, enrolments, roster: roster.root, draw, shares },
      receipts: [],
      excluded: [],
      inputs: [],
    },
    inputOf(member) {
      const vector = base.slice();
      new DataView(vector.buffer).setUint32(0, member);
      const message = {
        ...{ ...id, member, roster: roster.root },
        sharers: membersDigest(sharersNear(roster, member, sharers)),
        inputRoot: toHex(inputRoot(vector, aggregation, w)) as Bytes32,
      };
      return { envelope: signed(member, 'Input', message, domain), vector };
    },
  };
}

/** The last word is zero: the padding after it, if any, has to be. */
function bytesOf(rng: Rng, length: number): Uint8Array<ArrayBuffer> {
  const bytes = Uint8Array.from(rng.bytes(length));
  bytes.fill(0, Math.max(0, length - 4));
  return bytes;
}
