/** What is told of a change of a job to those who follow it, from the state before and after alone. docs/api.md */
import { toReason, type Told } from '#protocol/job-events.ts';
import { idOf } from '../round/base.ts';
import type { AttemptRecord } from '../store/records.ts';
import type { Next } from './decisions.ts';
import type { Present } from './present.ts';

/** @param from null for a job that begins */
export function toldOf(
  from: Present | null,
  { present, ended }: Pick<Next, 'present'> & Partial<Pick<Next, 'ended'>>,
): Told[] {
  const { job, current } = present;
  const finished = from?.job.state !== 'finished' && job.state === 'finished';
  return [
    ...(ended?.state.phase === 'settled' ? [reposted(ended.state)] : []),
    ...ofAttempt(from?.current ?? null, current),
    ...(finished ? [{ type: 'finished' as const, ...idOf(current.state) }] : []),
  ];
}

function ofAttempt(before: AttemptRecord | null, { revision, state }: AttemptRecord): Told[] {
  const id = idOf(state);
  const same =
    before !== null && idOf(before.state).round === id.round && idOf(before.state).attempt === id.attempt;
  if (same && before.revision === revision) return [];
  if (same && before.state.phase === state.phase)
    return [
      state.phase === 'settled' && isOther(before, state)
        ? reposted(state)
        : { type: 'changed', ...id, revision },
    ];
  switch (state.phase) {
    case 'settled':
      return [{ type: 'settled', ...id, transaction: state.transaction }];
    case 'aborted':
    case 'failed':
      return [{ type: state.phase, ...id, reason: toReason(state.reason) }];
    default:
      return [{ type: 'phase', ...id, phase: state.phase, revision, deadline: state.deadline }];
  }
}

type Settled = Extract<AttemptRecord['state'], { phase: 'settled' }>;

/** An attempt before the present one that is settled changes only when it is posted again. */
const reposted = (state: Settled): Told => ({
  type: 'reposted',
  ...idOf(state),
  transaction: state.transaction,
});

const isOther = ({ state }: AttemptRecord, { transaction }: Settled): boolean =>
  state.phase !== 'settled' || state.transaction !== transaction;
