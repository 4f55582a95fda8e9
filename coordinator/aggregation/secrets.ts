/** The secrets that unmasking brought back, one a sharer, each held against what its owner published. protocol.md §4.6, §3.6 */
import { fromHex, toHex } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import { SecretRecovery } from '#crypto/recovery.ts';
import { decodeShare, type Share } from '#crypto/shamir.ts';
import { contextOf } from '#protocol/job-id.ts';
import type { Evidence } from '#protocol/manifests.ts';
import type { UnmaskingUpload } from '#protocol/messages.ts';
import { survivorsOf } from '#protocol/rules/survivors.ts';
import type { Bytes32 } from '#protocol/units.ts';
import { idOf } from '../round/base.ts';
import { rosterOf } from '../round/frame.ts';
import type { Unmasking } from '../round/unmasking.ts';

export type RestoredSecrets =
  | Readonly<{ holds: true; secrets: Evidence['secrets'] }>
  /** The dealer whose committed shares restore something else than it published. */
  | Readonly<{ holds: false; liar: number; detail: string }>;

/** What only a dealer's lie explains, once every share was found under its root. */
const lies: readonly string[] = ['recovery/seed', 'recovery/mask-key', 'shamir/not-a-secret'];

/**
 * @param uploads by ascending member, with shares that were checked when they came
 * @throws TributaryError `shamir/too-few-shares` where the state was not ready
 */
export function restoreSecrets(state: Unmasking, uploads: readonly UnmaskingUpload[]): RestoredSecrets {
  const roster = rosterOf(state);
  const survivors = survivorsOf(state.inputs);
  const recovery = new SecretRecovery(contextOf(state.rules.domain, idOf(state)), roster.threshold);
  const secrets: Evidence['secrets'] = [];
  for (const { message } of state.shares) {
    const { member, seedDigest } = message;
    const shares = sharesOf(member, uploads);
    try {
      const survived = survivors.has(member);
      const value = survived
        ? recovery.seed(member, shares, fromHex(seedDigest))
        : recovery.maskSecret(member, shares, roster.members[member]?.maskKey ?? new Uint8Array());
      secrets.push({ member, kind: survived ? 'seed' : 'mask', value: toHex(value) as Bytes32 });
    } catch (error) {
      if (!(error instanceof TributaryError) || !lies.includes(error.code)) throw error;
      return { holds: false, liar: member, detail: error.message };
    }
  }
  return { holds: true, secrets };
}

function sharesOf(dealer: number, uploads: readonly UnmaskingUpload[]): Share[] {
  return uploads.flatMap(({ message, shares }) =>
    shares
      .filter(({ member }) => member === dealer)
      .map(({ y }) => ({ x: message.member + 1, y: decodeShare(fromHex(y)) })),
  );
}
