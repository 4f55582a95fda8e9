/** What a deployment's administration has decided, who may decide, and what is announced. protocol.md §5.7 */
import { toAddress, toBytes32, type Address, type Bytes32, type Hex } from '#protocol/units.ts';
import { ADMIN_ROLE, CONDITIONS_ROLE, PAUSE_ROLE } from './administer.ts';
import type { Contracts } from './connect.ts';
import { describeCall } from './describe-call.ts';
import { readEvents } from './events.ts';
import { scheduleOf } from './governing.ts';
import { openingConditions, type OpeningConditions } from './opening-conditions.ts';

/** `delay` is seconds between the announcement of a change and the change. */
export type RoleHolder = Readonly<{ role: string; account: Address; delay: number }>;

export type Announcement = Readonly<{
  operation: Bytes32;
  /** As `OpeningPolicy.setFee(fee_: 250)`. */
  what: string;
  caller: Address;
  target: Address;
  data: Hex;
  state: 'announced' | 'due';
  /** Seconds: from the one on it can be made, from the other on no more. */
  from: number;
  until: number;
}>;

export type AdministrationFacts = OpeningConditions &
  Readonly<{
    /** Basis points that a fee can be at most. */
    maxFee: number;
    feeRecipient: Address;
    /** Seconds. */
    floors: Readonly<{ minRoundTimeout: number; minShortWindow: number; minLongWindow: number }>;
    defenceWindow: number;
    judgementWindow: number;
    roles: readonly RoleHolder[];
    /** In the order in which they can be made. */
    announced: readonly Announcement[];
  }>;

const roleNames = new Map([
  [ADMIN_ROLE, 'administrator'],
  [CONDITIONS_ROLE, 'conditions'],
  [PAUSE_ROLE, 'pause'],
]);

/** @throws TributaryError `chain/…` */
export async function administrationFacts(contracts: Contracts): Promise<AdministrationFacts> {
  const { policy, escrow, disputes } = contracts;
  return {
    ...(await openingConditions(contracts)),
    maxFee: await policy.read.MAX_FEE(),
    feeRecipient: toAddress(await escrow.read.feeRecipient()),
    floors: {
      minRoundTimeout: await policy.read.minRoundTimeout(),
      minShortWindow: await policy.read.minShortWindow(),
      minLongWindow: await policy.read.minLongWindow(),
    },
    defenceWindow: await disputes.read.defenceWindow(),
    judgementWindow: await disputes.read.judgementWindow(),
    roles: await roleHolders(contracts),
    announced: await announcements(contracts),
  };
}

async function roleHolders(contracts: Contracts): Promise<RoleHolder[]> {
  const { administration } = contracts;
  const granted = await readEvents(contracts, administration, 'RoleGranted', {});
  const pairs = new Map(granted.map(({ args }) => [`${args.roleId} ${args.account}`, args]));
  const holders: RoleHolder[] = [];
  for (const { roleId, account } of pairs.values()) {
    const { isMember, executionDelay: delay } = await administration.read.hasRole(roleId, account);
    if (!isMember) continue;
    holders.push({ role: roleNames.get(roleId) ?? String(roleId), account: toAddress(account), delay });
  }
  return holders;
}

/** Those that wait or are due; made, cancelled and lapsed ones are left out. */
export async function announcements(contracts: Contracts): Promise<Announcement[]> {
  const { administration, deployment } = contracts;
  const scheduled = await readEvents(contracts, administration, 'OperationScheduled', {});
  const latest = new Map(scheduled.map(({ args }) => [args.operationId, args]));
  const found: Announcement[] = [];
  for (const { operationId, caller, target, data } of latest.values()) {
    const operation = toBytes32(operationId);
    const schedule = await scheduleOf(contracts, operation);
    if (schedule === null) continue;
    const what = describeCall(deployment, toAddress(target), data)?.text ?? `a call of ${target}`;
    found.push({
      operation,
      what,
      caller: toAddress(caller),
      target: toAddress(target),
      data,
      ...schedule,
    });
  }
  return found.sort((a, b) => a.from - b.from);
}
