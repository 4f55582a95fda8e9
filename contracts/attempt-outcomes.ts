/**
 * A coordinator's side of an attempt that is agreed on chain: each step is sent until the chain holds exactly it. One that
 * an earlier try has already put there, its receipt lost, counts as done. protocol.md §5.4
 */
import { TributaryError } from '#crypto/error.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import type { Bytes32 } from '#protocol/units.ts';
import { readAttempt, type AttemptOnChain } from './attempts.ts';
import type { SendingContracts } from './connect.ts';

/**
 * @throws TributaryError `escrow/already-committed` when another roster stands there; else `escrow/…` as the contract
 *   refuses, and as `Transactor.send`
 */
export function commitRoster(contracts: SendingContracts, id: AttemptId, roster: Bytes32): Promise<void> {
  const { job, round, attempt } = id;
  return once(
    contracts,
    id,
    () => contracts.escrow.send.commitRoster(BigInt(job), round, attempt, roster),
    (found) => found.roster === roster,
  );
}

/** @throws TributaryError `escrow/not-committed` when it ended otherwise; else as `commitRoster` */
export function fixSurvivors(contracts: SendingContracts, id: AttemptId, survivors: Bytes32): Promise<void> {
  const { job, round, attempt } = id;
  return once(
    contracts,
    id,
    () => contracts.escrow.send.fixSurvivors(BigInt(job), round, attempt, survivors),
    (found) => found.outcome === 'survivors' && found.survivors === survivors,
  );
}

/** By anyone after the attempt's time. @throws TributaryError as `fixSurvivors` */
export function abortAttempt(contracts: SendingContracts, id: AttemptId): Promise<void> {
  const { job, round, attempt } = id;
  return once(
    contracts,
    id,
    () => contracts.escrow.send.abortAttempt(BigInt(job), round, attempt),
    ({ outcome }) => outcome === 'aborted',
  );
}

const taken: readonly string[] = ['escrow/already-committed', 'escrow/not-committed'];

async function once(
  contracts: SendingContracts,
  id: AttemptId,
  send: () => Promise<unknown>,
  isDone: (found: AttemptOnChain) => boolean,
): Promise<void> {
  try {
    await send();
  } catch (error) {
    if (!(error instanceof TributaryError) || !taken.includes(error.code)) throw error;
    if (!isDone(await readAttempt(contracts, id, { confirmations: 1 }))) throw error;
  }
}
