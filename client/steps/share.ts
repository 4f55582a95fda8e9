/** Sharing: deals the self seed and the mask secret among a roster that holds. protocol.md §4.3, §3.6 */
import { fromHex, toHex } from '#crypto/bytes.ts';
import { Secret } from '#crypto/secret.ts';
import { shareSecrets, type DealtShares } from '#crypto/sharing.ts';
import type { ViewOf } from '#protocol/attempt-view.ts';
import { flaw, type Flaw } from '#protocol/flaw.ts';
import type { Bytes32 } from '#protocol/units.ts';
import { bindingFor, deliver, isAcknowledged, sign, type Attempt } from '../attempt.ts';
import { heldShareText } from '../journal/secrets.ts';
import { isFlaw, membershipIn, type Membership } from './membership.ts';

export const share = (attempt: Attempt, { roster }: ViewOf<'sharing'>): Promise<Flaw | null> =>
  shareAmong(attempt, () => membershipIn(attempt, roster));

/** @param accept checks the roster that the coordinator shows, of either graph */
export async function shareAmong(
  attempt: Attempt,
  accept: () => Promise<Membership | Flaw>,
): Promise<Flaw | null> {
  if (isAcknowledged(attempt, 'shares')) return null;
  if (!attempt.record.decided('shares')) {
    const membership = await accept();
    if (isFlaw(membership)) return membership;
    const keys = ephemeralKeys(attempt);
    if (!keys) return erased;
    journalShares(attempt, membership, keys);
  }
  return sendShares(attempt);
}

/** Only what the journal holds leaves: the ciphertexts are never made again. */
async function sendShares(attempt: Attempt): Promise<Flaw | null> {
  const envelope = attempt.record.decided('shares');
  const sharing = attempt.record.secret('sharing');
  if (!envelope || !sharing) return erased;
  const upload = { ...envelope, ciphertexts: sharing.ciphertexts };
  await deliver(attempt, 'shares', () => attempt.api.share(attempt.id, upload));
  return null;
}

function journalShares(attempt: Attempt, { roster, member }: Membership, keys: EphemeralSecrets): void {
  const seed = new Secret(attempt.rng.bytes(32));
  const dealt = shareSecrets({
    binding: bindingFor(attempt, roster),
    member,
    seed,
    maskSecret: keys.mask,
    channelSecret: keys.channel,
    roster: roster.members,
    graph: roster.graph,
    rng: attempt.rng,
  });
  attempt.record.keep('sharing', {
    seed: toHex(seed.reveal()),
    own: heldShareText(dealt.own),
    ciphertexts: dealt.ciphertexts.map((ciphertext) => toHex(ciphertext)),
  });
  attempt.record.decide(
    'shares',
    sign(attempt, 'Shares', sharesMessage(attempt, roster.root, member, dealt)),
  );
}

const sharesMessage = ({ id }: Attempt, roster: Bytes32, member: number, dealt: DealtShares) => ({
  ...id,
  member,
  roster,
  seedDigest: toHex(dealt.seedDigest) as Bytes32,
  shareRoot: toHex(dealt.shareRoot) as Bytes32,
  ciphertextRoot: toHex(dealt.ciphertextRoot) as Bytes32,
});

export type EphemeralSecrets = Readonly<{ channel: Secret; mask: Secret }>;

/** The private halves of the enrolled keys, or null once they are erased. */
export function ephemeralKeys(attempt: Attempt): EphemeralSecrets | null {
  const kept = attempt.record.secret('keys');
  return kept && { channel: new Secret(fromHex(kept.channel)), mask: new Secret(fromHex(kept.mask)) };
}

export const erased = flaw(
  'journal/erased',
  'the secrets of this attempt were erased: it is over for this client',
);
