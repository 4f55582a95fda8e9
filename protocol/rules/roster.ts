/** The frozen roster U1: its order, its root, and what makes it acceptable. protocol.md §4.2, §3.7 */
import { checkPublicKey } from '#crypto/agreement.ts';
import { fromHex, toHex } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import { merkleRoot } from '#crypto/merkle.ts';
import { threshold } from '#crypto/parameters.ts';
import { flaw, type Flaw } from '../flaw.ts';
import type { AttemptId } from '../job-id.ts';
import type { Enrolment, Signed } from '../messages.ts';
import { recoverTyped, typedDigest } from '../signature.ts';
import type { Domain } from '../typed-data.ts';
import type { Address, Bytes32 } from '../units.ts';

/** A member of U1; its index is its place in the list. */
export type Member = Readonly<{
  index: number;
  seat: number;
  operator: Address;
  channelKey: Uint8Array;
  maskKey: Uint8Array;
}>;

export type Roster = Readonly<{
  root: Bytes32;
  members: readonly Member[];
  /** Shares that restore a secret, and confirmations that fix the survivors. */
  threshold: number;
  enrolments: readonly Signed<Enrolment>[];
}>;

/** What every enrolment of an attempt must repeat. */
export type Expected = AttemptId &
  Readonly<{ model: Bytes32; recipe: Bytes32; terms: Bytes32; parameters: Bytes32 }>;

/** A seat as the chain holds it now. */
export type SeatFacts = Readonly<{ dataset: bigint; operator: Address; owner: Address }>;

/** Orders enrolments by seat and hashes them. The caller has checked them, or does so with `rosterFlaw`. */
export function buildRoster(domain: Domain, enrolments: readonly Signed<Enrolment>[]): Roster {
  const ordered = [...enrolments].sort((a, b) => a.message.seat - b.message.seat);
  const leaves = ordered.map(({ message }) => fromHex(typedDigest(domain, 'Enrolment', message)));
  return {
    root: toHex(merkleRoot(leaves)) as Bytes32,
    threshold: threshold(ordered.length),
    enrolments: ordered,
    members: ordered.map(({ message }, index) => ({
      index,
      seat: message.seat,
      operator: message.operator,
      channelKey: fromHex(message.channelKey),
      maskKey: fromHex(message.maskKey),
    })),
  };
}

/** What is wrong with one enrolment, given the seat that the chain holds; null where nothing is. */
export function enrolmentFlaw(
  domain: Domain,
  envelope: Signed<Enrolment>,
  expected: Expected,
  seat: SeatFacts | undefined,
): Flaw | null {
  const { message } = envelope;
  const place = `seat ${message.seat}`;
  if (!seat) return flaw('enrolment/unknown-seat', `${place} is not a seat of job ${expected.job}`);
  if (
    message.job !== expected.job ||
    message.round !== expected.round ||
    message.attempt !== expected.attempt
  ) {
    return flaw('message/other-attempt', `${place} enrolled for another job, round or attempt`);
  }
  for (const term of ['model', 'recipe', 'terms', 'parameters'] as const) {
    if (message[term] !== expected[term]) {
      return flaw('enrolment/other-terms', `${place} enrolled for another ${term}`);
    }
  }
  if (message.operator !== seat.operator) {
    return flaw(
      'enrolment/wrong-operator',
      `${place} belongs to another operator key than ${message.operator}`,
    );
  }
  if (recoverTyped(domain, 'Enrolment', envelope) !== seat.operator) {
    return flaw('message/bad-signature', `${place}: the enrolment is not signed by the seat's operator`);
  }
  return keyFlaw(place, message.channelKey) ?? keyFlaw(place, message.maskKey);
}

/** One key that nobody can agree with would stop the whole cohort later. */
function keyFlaw(place: string, key: Bytes32): Flaw | null {
  try {
    checkPublicKey(fromHex(key));
    return null;
  } catch (error) {
    if (error instanceof TributaryError) return flaw(error.code, `${place}: ${error.message}`);
    throw error;
  }
}

/** What makes a roster unacceptable to a member or an auditor; null where nothing does. */
export function rosterFlaw(
  domain: Domain,
  enrolments: readonly Signed<Enrolment>[],
  expected: Expected,
  seats: readonly SeatFacts[],
): Flaw | null {
  if (enrolments.length < 3)
    return flaw('roster/too-small', `a roster needs 3 members, this one has ${enrolments.length}`);
  let last = -1;
  for (const envelope of enrolments) {
    const broken = enrolmentFlaw(domain, envelope, expected, seats[envelope.message.seat]);
    if (broken) return broken;
    if (envelope.message.seat <= last) return flaw('roster/order', 'seats must ascend, each at most once');
    last = envelope.message.seat;
  }
  return (
    repeated(
      'roster/duplicate-operator',
      enrolments.map(({ message }) => message.operator),
    ) ??
    repeated(
      'roster/duplicate-owner',
      enrolments.map(({ message }) => seats[message.seat]?.owner ?? ''),
    ) ??
    repeated(
      'roster/duplicate-key',
      enrolments.flatMap(({ message }) => [message.channelKey, message.maskKey]),
    )
  );
}

function repeated(code: string, values: readonly string[]): Flaw | null {
  const seen = new Set<string>();
  for (const value of values) {
    if (seen.has(value)) return flaw(code, `${value} stands in the roster twice`);
    seen.add(value);
  }
  return null;
}
