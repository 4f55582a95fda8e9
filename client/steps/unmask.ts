/** Unmasking: one share a sharer, of its seed or of its mask secret, for one set of survivors, ever. protocol.md §4.6 */
import { toHex } from '#crypto/bytes.ts';
import { revealShare, type HeldShare } from '#crypto/commitments.ts';
import type { MemberSet } from '#crypto/members.ts';
import { encodeShare } from '#crypto/shamir.ts';
import type { ViewOf } from '#protocol/attempt-view.ts';
import { flaw, type Flaw } from '#protocol/flaw.ts';
import type { RevealedShare, Shares, Signed } from '#protocol/messages.ts';
import { confirmationsFlaw, inputsFlaw, sharesFlaw } from '#protocol/rules/phase-messages.ts';
import { membersDigest, sharersOf, survivorsOf, survivorsRoot } from '#protocol/rules/survivors.ts';
import { revealedDigest } from '#protocol/rules/revealed.ts';
import type { Bytes32 } from '#protocol/units.ts';
import { bindingFor, deliver, sign, type Attempt } from '../attempt.ts';
import { ownSurvivalFlaw } from './confirm.ts';
import { ownInput } from './mask.ts';
import { isFlaw, membershipIn, type Membership } from './membership.ts';
import { heldShares } from './received.ts';
import { erased } from './share.ts';

export async function unmask(attempt: Attempt, view: ViewOf<'unmasking'>): Promise<Flaw | null> {
  const sharers = membersDigest(sharersOf(view.sharers));
  const survivors = survivorsRoot(view.inputs);
  return unmaskAmong(attempt, view.sharers, survivorsOf(view.inputs), { sharers, survivors }, async () => {
    const membership = await membershipIn(attempt, view.roster);
    if (isFlaw(membership)) return membership;
    return abortedFlaw(attempt) ?? (await confirmedFlaw(attempt, membership, view)) ?? membership;
  });
}

/**
 * @param shares of U2, as far as this client sees it
 * @param of what is opened, for ever
 * @param accept the roster, and that these survivors are agreed on, in either graph
 */
export async function unmaskAmong(
  attempt: Attempt,
  shares: readonly Signed<Shares>[],
  survived: MemberSet,
  { sharers, survivors }: Readonly<{ sharers: Bytes32; survivors: Bytes32 }>,
  accept: () => Promise<Membership | Flaw>,
): Promise<Flaw | null> {
  const opened = attempt.record.decided('unmasking');
  if (opened) {
    return opened.survivors === survivors && opened.sharers === sharers
      ? sendUnmasking(attempt)
      : flaw(
          'unmask/already-revealed',
          'this client opened shares for other survivors, and never does so twice',
        );
  }

  const membership = await accept();
  if (isFlaw(membership)) return membership;
  const held = await heldShares(attempt, membership, shares);
  if (held.length === 0) return flaw('unmask/nothing-held', 'no sharer gave this client a share that opens');

  const revealed = revealFor(attempt, membership, held, survived);
  const { member, roster } = membership;
  const message = { ...attempt.id, member, roster: roster.root, survivors, shares: revealedDigest(revealed) };
  attempt.record.keep('revealed', revealed);
  attempt.record.decide('unmasking', { sharers, survivors, envelope: sign(attempt, 'Unmasking', message) });
  return sendUnmasking(attempt);
}

/** T members confirmed exactly these survivors, and this client, where it is one of them, has nothing against it. */
async function confirmedFlaw(
  attempt: Attempt,
  membership: Membership,
  view: ViewOf<'unmasking'>,
): Promise<Flaw | null> {
  const { frame, member } = membership;
  const { sharers, inputs, confirmations } = view;
  const broken =
    sharesFlaw(frame, sharers) ??
    inputsFlaw(frame, sharers, inputs) ??
    confirmationsFlaw(frame, sharers, inputs, confirmations) ??
    changedSharersFlaw(attempt, membersDigest(sharersOf(sharers)));
  if (broken) return broken;
  return survivorsOf(inputs).has(member) ? ownSurvivalFlaw(attempt, membership, view) : null;
}

/** T members gave this attempt up: this client may have masked the same input again on the strength of it. */
const abortedFlaw = ({ record }: Attempt): Flaw | null =>
  record.decided('aborts')
    ? flaw('unmask/aborted', 'the members of this attempt gave it up: nothing of it is opened any more')
    : null;

/** Whoever sent an input did so for one U2. */
export function changedSharersFlaw(attempt: Attempt, sharers: Bytes32): Flaw | null {
  const own = ownInput(attempt);
  return own && own.envelope.message.sharers !== sharers
    ? flaw('sharers/changed', 'the coordinator shows other sharers than this client masked for')
    : null;
}

/** A survivor's seed share, a dropout's mask share: the other one stays closed for ever. */
function revealFor(
  attempt: Attempt,
  { roster }: Membership,
  held: readonly HeldShare[],
  survivors: MemberSet,
): RevealedShare[] {
  const { context } = bindingFor(attempt, roster);
  return held.map((share) => {
    const shown = revealShare(context, share, survivors.has(share.dealer) ? 'seed' : 'mask');
    return {
      member: shown.dealer,
      kind: shown.kind,
      y: toHex(encodeShare(shown.share)),
      other: toHex(shown.otherCommitment) as Bytes32,
      path: shown.path.map((node) => toHex(node) as Bytes32),
    };
  });
}

async function sendUnmasking(attempt: Attempt): Promise<Flaw | null> {
  const opened = attempt.record.decided('unmasking');
  const shares = attempt.record.secret('revealed');
  if (!opened || !shares) return erased;
  const upload = { ...opened.envelope, shares };
  await deliver(attempt, 'unmasking', () => attempt.api.unmask(attempt.id, upload));
  return null;
}
