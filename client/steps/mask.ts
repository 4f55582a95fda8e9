/** Masking: the quantised input, masked with exactly U2, journalled, uploaded. protocol.md §4.4, §3.5 */
import { fromHex, toHex } from '#crypto/bytes.ts';
import { maskInput } from '#crypto/masking.ts';
import { inputRoot, pack } from '#crypto/packing.ts';
import { wordBits } from '#crypto/parameters.ts';
import { Secret } from '#crypto/secret.ts';
import type { ViewOf } from '#protocol/attempt-view.ts';
import { flaw, type Flaw } from '#protocol/flaw.ts';
import type { Received, Shares, Signed } from '#protocol/messages.ts';
import { sharesFlaw } from '#protocol/rules/phase-messages.ts';
import { excludedFlaw } from '#protocol/rules/received.ts';
import { membersDigest, sharersNear, sharersOf } from '#protocol/rules/survivors.ts';
import type { Bytes32 } from '#protocol/units.ts';
import { bindingFor, deliver, isAcknowledged, sign, type Attempt } from '../attempt.ts';
import type { SentInput } from '../journal/decisions.ts';
import { isOf } from '../journal/update-journal.ts';
import { isFlaw, membershipIn, type Membership } from './membership.ts';
import { heldShares } from './received.ts';
import { retryFlaw, updateKeyOf } from './retry.ts';
import { ephemeralKeys, erased } from './share.ts';

export const mask = (
  attempt: Attempt,
  { roster, sharers, excluded }: ViewOf<'masking'>,
): Promise<Flaw | null> =>
  maskAmong(
    attempt,
    sharers,
    () => membershipIn(attempt, roster),
    ({ frame }) =>
      sharesFlaw(frame, sharers) ??
      excludedFlaw(
        frame,
        sharers,
        excluded,
        saidOf(attempt),
        (member) => frame.roster.members[member]?.operator,
      ),
  );

/**
 * @param accept checks the roster that the coordinator shows, of either graph
 * @param flawOf what is wrong with the shares, as far as this client sees U2
 */
export async function maskAmong(
  attempt: Attempt,
  shares: readonly Signed<Shares>[],
  accept: () => Promise<Membership | Flaw>,
  flawOf: (membership: Membership) => Flaw | null,
): Promise<Flaw | null> {
  if (isAcknowledged(attempt, 'input')) return null;
  if (!ownInput(attempt)) {
    const membership = await accept();
    if (isFlaw(membership)) return membership;
    const broken =
      flawOf(membership) ??
      ownSharesFlaw(shares, membership.member, attempt.record.decided('shares')) ??
      (await retryFlaw(attempt));
    if (broken) return broken;

    // Not needed to mask: but who came too late to say so had better know a dealer's lie before anything is opened.
    await heldShares(attempt, membership, shares);
    const unmaskable = journalInput(attempt, membership, shares);
    if (unmaskable) return unmaskable;
  }
  return sendInput(attempt);
}

/** What it said of the shares that it was dealt. */
export const saidOf = ({ record }: Attempt): Received | null => record.decided('received')?.message ?? null;

/** The input of this very attempt, as it was journalled. */
export const ownInput = ({ journal, dataset, model, job, id }: Attempt): SentInput | undefined =>
  journal.sentInputs(dataset, model.digest).find((sent) => isOf(sent, job.id, id));

/** Its own shares stand among U2's as they were sent. */
export function ownSharesFlaw(
  sharers: readonly Signed<Shares>[],
  member: number,
  own: Signed<Shares> | null,
): Flaw | null {
  const shown = sharers.find(({ message }) => message.member === member);
  if (!shown || !own)
    return flaw('sharers/left-out', 'this client is not among the sharers: nothing to mask');
  return shown.message.shareRoot === own.message.shareRoot &&
    shown.message.seedDigest === own.message.seedDigest
    ? null
    : flaw('sharers/own-shares', 'the coordinator shows other shares of this client than it sent');
}

function journalInput(
  attempt: Attempt,
  membership: Membership,
  shares: readonly Signed<Shares>[],
): Flaw | null {
  const { roster, member } = membership;
  const { parameters } = attempt.job;
  const keys = ephemeralKeys(attempt);
  const sharing = attempt.record.secret('sharing');
  const update = attempt.journal.update(updateKeyOf(attempt));
  if (!keys || !sharing || !update) return erased;

  const sharers = sharersNear(roster, member, sharersOf(shares));
  const w = wordBits(parameters.bits, roster.size);
  const masked = maskInput({
    binding: bindingFor(attempt, roster),
    quantised: update.quantised,
    wordBits: w,
    member,
    seed: new Secret(fromHex(sharing.seed)),
    maskSecret: keys.mask,
    sharers,
    roster: roster.members,
  });
  const packed = pack(masked, w);
  const envelope = sign(attempt, 'Input', {
    ...attempt.id,
    member,
    roster: roster.root,
    sharers: membersDigest(sharers),
    inputRoot: toHex(inputRoot(packed, parameters, w)) as Bytes32,
  });
  const { chainId, escrow } = attempt.job.id;
  attempt.record.keepVector(packed);
  attempt.journal.keepSentInput({
    chainId,
    escrow,
    ...attempt.id,
    dataset: attempt.dataset,
    model: attempt.model.digest,
    envelope,
  });
  return null;
}

async function sendInput(attempt: Attempt): Promise<Flaw | null> {
  const sent = ownInput(attempt);
  const vector = attempt.record.vector();
  if (!sent || !vector) return erased;
  await deliver(attempt, 'input', () => attempt.api.upload(attempt.id, sent.envelope, vector));
  return null;
}
