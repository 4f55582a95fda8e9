/** What makes a round's evidence hold together, before any vector is added up. protocol.md §6.4 */
import { clampedSecret } from '#crypto/agreement.ts';
import { equalBytes, fromHex } from '#crypto/bytes.ts';
import { isMaskSecret, isSeed } from '#crypto/recovery.ts';
import { flaw, type Flaw } from '../flaw.ts';
import { contextOf } from '../job-id.ts';
import type { Evidence } from '../manifests.ts';
import { confirmationsFlaw, inputsFlaw, sharesFlaw, type Frame } from './phase-messages.ts';
import { sharersOf, survivorsOf } from './survivors.ts';

/** The signed messages of the evidence, in the order of the phases. */
export function evidenceMessagesFlaw(frame: Frame, evidence: Evidence): Flaw | null {
  const { shares, inputs, confirmations } = evidence;
  return (
    sharesFlaw(frame, shares) ??
    inputsFlaw(frame, shares, inputs) ??
    confirmationsFlaw(frame, shares, inputs, confirmations)
  );
}

/** Exactly one secret a sharer: a survivor's true seed, or a dropout's true mask secret, in its one spelling. */
export function evidenceSecretsFlaw(frame: Frame, evidence: Evidence): Flaw | null {
  const sharers = sharersOf(evidence.shares);
  const survivors = survivorsOf(evidence.inputs);
  const context = contextOf(frame.domain, frame.id);
  if (evidence.secrets.map(({ member }) => member).join() !== [...sharers].join()) {
    return flaw('evidence/secrets-missing', 'the evidence must hold one secret for each sharer, ascending');
  }
  for (const { member, kind, value } of evidence.secrets) {
    if ((kind === 'seed') !== survivors.has(member)) {
      return flaw(
        'evidence/wrong-secret',
        `member ${member}: a survivor opens its seed, a dropout its mask secret`,
      );
    }
    const secret = fromHex(value);
    const digest = evidence.shares.find(({ message }) => message.member === member)?.message.seedDigest;
    const maskKey = frame.roster.members[member]?.maskKey;
    const holds =
      kind === 'seed'
        ? digest !== undefined && isSeed(context, member, secret, fromHex(digest))
        : maskKey !== undefined && isMaskSecret(secret, maskKey) && equalBytes(secret, clampedSecret(secret));
    if (!holds)
      return flaw('evidence/false-secret', `the ${kind} of member ${member} is not the one it committed to`);
  }
  return null;
}
