/** Changes of what is asked of new jobs: at once, or announced first and made when their delay is over. protocol.md §5.7 */
import { TributaryError } from '#crypto/error.ts';
import { toBytes32, type Address, type Bytes32, type Hex } from '#protocol/units.ts';
import { latestTime } from './chain-time.ts';
import type { Contracts, SendingContracts } from './connect.ts';

/** Where a change by one account stands. `from` and `until` are seconds: it can be made from the one, before the other. */
export type ChangeState =
  | Readonly<{ state: 'forbidden' }>
  | Readonly<{ state: 'immediate' }>
  | Readonly<{ state: 'unannounced'; delay: number }>
  | Readonly<{ state: 'announced' | 'due'; operation: Bytes32; from: number; until: number }>;

export type ChangeOutcome =
  | Readonly<{ outcome: 'made'; transaction: Bytes32 }>
  | Readonly<{ outcome: 'announced' | 'waiting'; operation: Bytes32; from: number; until: number }>;

/** @param data a call of the policy @throws TributaryError `chain/…` */
export async function changeState(contracts: Contracts, account: Address, data: Hex): Promise<ChangeState> {
  const { administration, policy } = contracts;
  const selector: Hex = `0x${data.slice(2, 10)}`;
  const { immediate, delay } = await administration.read.canCall(account, policy.address, selector);
  if (immediate) return { state: 'immediate' };
  if (delay === 0) return { state: 'forbidden' };
  const operation = toBytes32(await administration.read.hashOperation(account, policy.address, data));
  const found = await scheduleOf(contracts, operation);
  return found === null ? { state: 'unannounced', delay } : { operation, ...found };
}

/** Null for what was never announced, made, cancelled or let lapse. */
export async function scheduleOf(
  contracts: Contracts,
  operation: Bytes32,
): Promise<Readonly<{ state: 'announced' | 'due'; from: number; until: number }> | null> {
  const from = await contracts.administration.read.getSchedule(operation);
  if (from === 0) return null;
  const until = from + (await contracts.administration.read.expiration());
  return { state: (await latestTime(contracts)) < from ? 'announced' : 'due', from, until };
}

/**
 * Makes a change where that can be done, else announces it; what was announced and is not due stays as it is.
 *
 * @param data a call of the policy
 * @param makeOnly announce nothing
 * @throws TributaryError `escrow/not-authorized`; with `makeOnly` `escrow/not-scheduled` and `escrow/not-ready`;
 *   what the policy refuses with: `escrow/…`
 */
export async function change(
  contracts: SendingContracts,
  data: Hex,
  { makeOnly = false } = {},
): Promise<ChangeOutcome> {
  const { administration, policy, account } = contracts;
  const found = await changeState(contracts, account, data);
  switch (found.state) {
    case 'forbidden':
      throw new TributaryError('escrow/not-authorized', `${account} does not hold the role for this change`);
    case 'immediate':
      return made(await contracts.transactor.send({ to: policy.address, data }));
    case 'due':
      return made(await administration.send.execute(policy.address, data));
    case 'announced':
      if (makeOnly) throw notYet('escrow/not-ready', `it can be made from ${timeText(found.from)} on`);
      return { ...found, outcome: 'waiting' };
    case 'unannounced': {
      if (makeOnly) throw notYet('escrow/not-scheduled', 'it was not announced, or lapsed');
      const { logs } = await administration.send.schedule(policy.address, data, 0);
      const [event] = administration.events('OperationScheduled', logs);
      if (!event) throw new TributaryError('chain/failed', 'the announcement left no event');
      const { operationId, schedule } = event.args;
      const until = schedule + (await administration.read.expiration());
      return { outcome: 'announced', operation: toBytes32(operationId), from: schedule, until };
    }
  }
}

const made = ({ transaction }: Readonly<{ transaction: Bytes32 }>): ChangeOutcome => ({
  outcome: 'made',
  transaction,
});

const notYet = (code: 'escrow/not-ready' | 'escrow/not-scheduled', why: string) =>
  new TributaryError(code, `the change can't be made now: ${why}`);

export const timeText = (seconds: number): string => new Date(seconds * 1000).toISOString();
