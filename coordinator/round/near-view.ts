/** A sparse attempt as the coordinator shows it to one seat: what is near it, and two bits for everyone else. protocol.md §4.9 */
import { toHex } from '#crypto/bytes.ts';
import { holdersOf } from '#crypto/graph.ts';
import { memberSet, type MemberSet } from '#crypto/members.ts';
import { merklePaths, merkleRoot } from '#crypto/merkle.ts';
import type { Neighbourhood, NearView, SurvivorsProof } from '#protocol/attempt-view.ts';
import { seatBitmap } from '#protocol/rules/bitmap.ts';
import { rosterLeaves } from '#protocol/rules/roster.ts';
import { inputLeaves, memberBitmap, survivorsOf } from '#protocol/rules/survivors.ts';
import type { Bytes32 } from '#protocol/units.ts';
import type { Attempt } from './attempt.ts';
import { excludedIn } from './excluded.ts';
import { rosterOf } from './frame.ts';
import { byMember } from './slots.ts';

type Base = Pick<
  NearView,
  'job' | 'round' | 'attempt' | 'revision' | 'deadline' | 'terms' | 'model' | 'earlier'
>;
type Shown = Exclude<Extract<Attempt, Readonly<{ shares: unknown }>>, Readonly<{ phase: 'agreeing' }>>;
type With<Key extends string> = Extract<Shown, Readonly<Record<Key, unknown>>>;

/** Whom a view is for: a member and those near it; nobody, for a stranger. */
type Reader = Readonly<{ member: number | null; near: MemberSet }>;

/** A root and all paths to it, made once for a list: each member asks for one of them. */
type Tree = Readonly<{ root: Bytes32; paths: readonly (readonly Bytes32[])[] }>;
const trees = new WeakMap<readonly unknown[], Tree>();

/** The state, if it is that of a sparse attempt with a roster to show. */
export const shownNear = (state: Attempt): Shown | null =>
  'shares' in state && state.draw !== null && state.phase !== 'agreeing' ? state : null;

export function nearViewOf(state: Shown, base: Base, seat: number | null): NearView {
  const reader = readerOf(state, seat);
  switch (state.phase) {
    case 'sharing':
      return { phase: 'sharing', ...base, ...rosterPart(state, reader) };
    case 'receiving':
      return { phase: 'receiving', ...base, ...sharersPart(state, reader) };
    case 'masking':
      return {
        phase: 'masking',
        ...base,
        ...sharersPart(state, reader),
        excluded: excludedIn(state, (dealer) => reader.near.has(dealer)),
      };
    case 'confirming':
      return { phase: 'confirming', ...base, ...inputsPart(state, reader) };
    case 'unmasking':
      return { phase: 'unmasking', ...base, ...confirmedPart(state, reader) };
    case 'settling':
      return { phase: 'settling', ...base, ...confirmedPart(state, reader), proposal: state.proposal };
    case 'settled': {
      const { proposal, transaction } = state;
      return { phase: 'settled', ...base, ...confirmedPart(state, reader), proposal, transaction };
    }
    default:
      return state satisfies never;
  }
}

function readerOf(state: Shown, seat: number | null): Reader {
  const member = state.enrolments.findIndex(({ message }) => message.seat === seat);
  if (member < 0) return { member: null, near: memberSet([]) };
  return { member, near: holdersOf(rosterOf(state).graph, member) };
}

function rosterPart({ rules, enrolments }: Shown, { near }: Reader): { roster: Neighbourhood } {
  const { root, paths } = treeOf(enrolments, () => rosterLeaves(rules.domain, enrolments));
  const seats = seatBitmap(
    enrolments.map(({ message }) => message.seat),
    rules.seats.length,
  );
  const members = near.indices.flatMap((member) => {
    const envelope = enrolments[member];
    return envelope ? [{ member, envelope, path: [...(paths[member] ?? [])] }] : [];
  });
  return { roster: { seats, tree: root, members } };
}

const sharersPart = (state: With<'shares'>, reader: Reader) => ({
  ...rosterPart(state, reader),
  sharers: state.shares.filter((shares) => reader.near.has(byMember(shares))),
});

function inputsPart(state: With<'inputs'>, reader: Reader) {
  const { root, paths } = treeOf(state.inputs, () => inputLeaves(state.inputs));
  const survivors = survivorsOf(state.inputs);
  const own = reader.member === null ? undefined : survivors.rankOf(reader.member);
  const inputs: SurvivorsProof = {
    members: memberBitmap(survivors, state.enrolments.length),
    tree: root,
    path: own === undefined ? null : [...(paths[own] ?? [])],
  };
  return { ...sharersPart(state, reader), inputs };
}

const confirmedPart = (state: With<'confirmations'>, reader: Reader) => ({
  ...inputsPart(state, reader),
  confirmations: state.confirmations.filter((confirmed) => reader.near.has(byMember(confirmed))),
});

function treeOf(list: readonly unknown[], leaves: () => Uint8Array[]): Tree {
  const known = trees.get(list);
  if (known) return known;
  const data = leaves();
  const paths = merklePaths(data).map((path) => path.map((node) => toHex(node) as Bytes32));
  const tree = { root: toHex(merkleRoot(data)) as Bytes32, paths };
  trees.set(list, tree);
  return tree;
}
