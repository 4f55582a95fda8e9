/** Confirming: one of two messages, for ever: these are the survivors, or this attempt is given up. protocol.md §4.5 */
import type { ViewOf } from '#protocol/attempt-view.ts';
import { flaw, type Flaw } from '#protocol/flaw.ts';
import type { Input, Signed } from '#protocol/messages.ts';
import { inputsFlaw, sharesFlaw } from '#protocol/rules/phase-messages.ts';
import { membersDigest, sharersOf, survivorsRoot } from '#protocol/rules/survivors.ts';
import { deliver, sign, type Attempt } from '../attempt.ts';
import type { Decision } from '../journal/decisions.ts';
import { ownInput } from './mask.ts';
import { cohortOf, isFlaw, membershipIn, type Membership } from './membership.ts';

export async function confirm(attempt: Attempt, view: ViewOf<'confirming'>): Promise<Flaw | null> {
  const decided = attempt.record.decided('verdict');
  if (decided) {
    await sendVerdict(attempt, decided);
    return otherSurvivorsFlaw(decided, view);
  }
  const membership = await membershipIn(attempt, view.roster);
  if (isFlaw(membership)) return membership;

  const broken = (await survivorsFlaw(attempt, membership, view)) ?? lateFlaw(attempt, view);
  // It may have forgotten a confirmation, beside which there must be no abort.
  if (broken?.code === 'journal/behind') return broken;
  const verdict = broken ? abortFor(attempt, membership, broken) : confirmationOf(attempt, membership, view);
  attempt.record.decide('verdict', verdict);
  await sendVerdict(attempt, verdict);
  return broken;
}

/** What a client demands of U2 and U3 before it lets anyone open the sum of their inputs. */
async function survivorsFlaw(
  attempt: Attempt,
  membership: Membership,
  view: ViewOf<'confirming'>,
): Promise<Flaw | null> {
  return (
    sharesFlaw(membership.frame, view.sharers) ??
    inputsFlaw(membership.frame, view.sharers, view.inputs) ??
    (await ownSurvivalFlaw(attempt, membership, view))
  );
}

/** This client is one of the survivors, with its own input, in a cohort that its owner's policy takes. */
export async function ownSurvivalFlaw(
  attempt: Attempt,
  { member }: Membership,
  { roster, inputs }: Pick<ViewOf<'confirming'>, 'roster' | 'inputs'>,
): Promise<Flaw | null> {
  const broken = ownInputFlaw(inputs, member, ownInput(attempt)?.envelope);
  if (broken) return broken;
  const survived = inputs.map(({ message }) => roster[message.member]).filter((one) => one !== undefined);
  return attempt.cohortFlaw(cohortOf(survived, await attempt.readSeats()));
}

/** It is in U3, with the input that it sent. The caller has checked the signatures. */
export function ownInputFlaw(
  inputs: readonly Signed<Input>[],
  member: number,
  own: Signed<Input> | undefined,
): Flaw | null {
  const shown = inputs.find(({ message }) => message.member === member);
  if (shown && !own) {
    return flaw(
      'journal/behind',
      'this client signed an input that its journal lacks: its home was put back',
    );
  }
  if (!shown || !own) return flaw('survivors/left-out', 'this client is not among the survivors');
  return shown.message.inputRoot === own.message.inputRoot && shown.message.sharers === own.message.sharers
    ? null
    : flaw('survivors/own-input', 'the coordinator shows another input of this client than it sent');
}

const lateFlaw = ({ now }: Attempt, { deadline }: ViewOf<'confirming'>): Flaw | null =>
  now() > deadline ? flaw('confirm/too-late', 'the time to confirm this attempt is over') : null;

type Verdict = Decision<'verdict'>;

const confirmationOf = (
  attempt: Attempt,
  { roster, member }: Membership,
  view: ViewOf<'confirming'>,
): Verdict => ({
  kind: 'confirm',
  envelope: sign(attempt, 'Confirm', {
    ...attempt.id,
    member,
    roster: roster.root,
    sharers: membersDigest(sharersOf(view.sharers)),
    survivors: survivorsRoot(view.inputs),
  }),
});

const abortFor = (attempt: Attempt, { roster, member }: Membership, { code }: Flaw): Verdict => ({
  kind: 'abort',
  envelope: sign(attempt, 'Abort', { ...attempt.id, member, roster: roster.root, reason: code }),
});

export async function sendVerdict(attempt: Attempt, verdict: Verdict): Promise<void> {
  const { api, id } = attempt;
  await deliver(attempt, 'verdict', () =>
    verdict.kind === 'confirm' ? api.confirm(id, verdict.envelope) : api.abort(id, verdict.envelope),
  );
}

/** A second view of the survivors, after this client confirmed one. */
const otherSurvivorsFlaw = (verdict: Verdict, { inputs }: ViewOf<'confirming'>): Flaw | null =>
  verdict.kind === 'confirm' && verdict.envelope.message.survivors !== survivorsRoot(inputs)
    ? flaw('confirm/other-survivors', 'the coordinator shows other survivors than this client confirmed')
    : null;
