/** The secrets that unmasking brought back, one a sharer, each held against what its owner published. protocol.md §4.6, §3.6 */
import { z } from 'zod';
import { clampedSecret } from '#crypto/agreement.ts';
import { fromHex, toHex } from '#crypto/bytes.ts';
import type { ShareKind } from '#crypto/commitments.ts';
import { isDealersLie, SecretRecovery } from '#crypto/recovery.ts';
import { decodeShare, type Share } from '#crypto/shamir.ts';
import { contextOf } from '#protocol/job-id.ts';
import type { Evidence } from '#protocol/manifests.ts';
import { survivorsOf } from '#protocol/rules/survivors.ts';
import { hex, u32, type Bytes32 } from '#protocol/units.ts';
import { idOf } from '../round/base.ts';
import { rosterOf } from '../round/frame.ts';
import type { Unmasking } from '../round/unmasking.ts';

/** What is kept of an unmasking: the holder, and its share of each dealer's secret. */
export const revealedShares = z.object({
  message: z.object({ member: u32 }),
  shares: z.array(z.object({ member: u32, y: hex })),
});
type RevealedShares = Readonly<z.infer<typeof revealedShares>>;

export type RestoredSecrets =
  | Readonly<{ holds: true; secrets: Evidence['secrets'] }>
  | Readonly<{ holds: false; liar: Liar; detail: string }>;

/** A dealer whose committed shares restore something else than it published. */
export type Liar = Readonly<{
  member: number;
  kind: ShareKind;
  /** Whose shares of it were used: t of them, ascending. */
  holders: readonly number[];
}>;

/**
 * @param uploads by ascending member, with shares that were checked when they came
 * @throws TributaryError `shamir/too-few-shares` where the state was not ready
 */
export function restoreSecrets(state: Unmasking, uploads: readonly RevealedShares[]): RestoredSecrets {
  const roster = rosterOf(state);
  const survivors = survivorsOf(state.inputs);
  const dealt = byDealer(uploads);
  const context = contextOf(state.rules.domain, idOf(state));
  const inTurn = state.shares.map(({ message }) => dealt.get(message.member) ?? []);
  const recovery = new SecretRecovery(context, roster.threshold, inTurn);
  const secrets: Evidence['secrets'] = [];
  for (const { message } of state.shares) {
    const { member, seedDigest } = message;
    const shares = dealt.get(member) ?? [];
    const survived = survivors.has(member);
    const kind = survived ? 'seed' : 'mask';
    try {
      const value = survived
        ? recovery.seed(member, shares, fromHex(seedDigest))
        : clampedSecret(
            recovery.maskSecret(member, shares, roster.members[member]?.maskKey ?? new Uint8Array()),
          );
      secrets.push({ member, kind, value: toHex(value) as Bytes32 });
    } catch (error) {
      if (!isDealersLie(error)) throw error;
      const holders = shares.slice(0, roster.threshold).map(({ x }) => x - 1);
      return { holds: false, liar: { member, kind, holders }, detail: error.message };
    }
  }
  return { holds: true, secrets };
}

/** In one pass: a thousand members reveal a hundred shares each. */
function byDealer(uploads: readonly RevealedShares[]): ReadonlyMap<number, readonly Share[]> {
  const dealt = new Map<number, Share[]>();
  for (const { message, shares } of uploads) {
    for (const { member, y } of shares) {
      const share = { x: message.member + 1, y: decodeShare(fromHex(y)) };
      const earlier = dealt.get(member);
      if (earlier) earlier.push(share);
      else dealt.set(member, [share]);
    }
  }
  return dealt;
}
