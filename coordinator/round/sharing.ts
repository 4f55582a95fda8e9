/** Sharing: members deal their secrets, encrypted for each holder; those that arrive in time may be in U2. protocol.md §4.3 */
import { fromHex, toHex } from '#crypto/bytes.ts';
import { holdersOf } from '#crypto/graph.ts';
import { merkleRoot } from '#crypto/merkle.ts';
import type { SharesUpload } from '#protocol/messages.ts';
import type { Seconds } from '#protocol/units.ts';
import { abort, type Aborted } from './aborted.ts';
import { leastMembers, refuse, type Refusal, type WithShares } from './base.ts';
import { rosterOf } from './frame.ts';
import { receiving, type Receiving } from './receiving.ts';
import { byMember, inserted } from './slots.ts';

export type Sharing = WithShares & Readonly<{ phase: 'sharing' }>;

/** Two shares of 33 bytes, a path of at most so many hashes, and the tag. protocol.md §3.6 */
const mostBytes = (hashes: number): number => 2 * 33 + hashes * 32 + 16;
/** For 100 holders, and for 1,024. */
const COMPLETE_BYTES = mostBytes(7);
const SPARSE_BYTES = mostBytes(10);

/** The ciphertexts are kept beside the state. */
export function onShares(state: Sharing, upload: SharesUpload, now: Seconds): Sharing | Receiving | Refusal {
  const { message, signature, ciphertexts } = upload;
  const broken = ciphertextsFlaw(state, upload);
  if (broken) return broken;
  if (toHex(merkleRoot(ciphertexts.map((text) => fromHex(text)))) !== message.ciphertextRoot) {
    return refuse(
      'shares/root-mismatch',
      `member ${message.member} signed another root than its ciphertexts have`,
    );
  }
  const shares = inserted(state.shares, { message, signature }, byMember);
  const next = { ...state, shares };
  return shares.length === state.enrolments.length ? receiving(next, now) : next;
}

export function onDeadline(state: Sharing, now: Seconds): Receiving | Aborted {
  // In a sparse graph each member counts its own neighbours, and the end of masking shows who could go on.
  const needed = state.draw ? leastMembers(state.rules) : rosterOf(state).threshold;
  return state.shares.length >= needed ? receiving(state, now) : abort(state, 'too few shares', []);
}

function ciphertextsFlaw(state: Sharing, { message, ciphertexts }: SharesUpload): Refusal | null {
  const holders = holdersOf(rosterOf(state).graph, message.member);
  if (ciphertexts.length !== holders.size) {
    return refuse('shares/ciphertexts', `${ciphertexts.length} ciphertexts for ${holders.size} members`);
  }
  const most = state.draw ? SPARSE_BYTES : COMPLETE_BYTES;
  const wrong = holders.indices.find((holder, place) => {
    const bytes = ((ciphertexts[place] ?? '0x').length - 2) / 2;
    return holder === message.member ? bytes > 0 : bytes === 0 || bytes > most;
  });
  return wrong === undefined
    ? null
    : refuse(
        'shares/ciphertexts',
        `the ciphertext for member ${wrong} is empty, too long, or for its own sender`,
      );
}
