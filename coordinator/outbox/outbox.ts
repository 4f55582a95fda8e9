/**
 * Sends the coordinator's transactions so that no crash loses or doubles one: each is on disk, signed, before a node has it,
 * and is followed until it is deep, whoever asked for it. protocol.md §5.3
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Wallet } from 'ethers';
import type { Deployment } from '#contracts/deployment.ts';
import type { Transactor } from '#contracts/transact.ts';
import { toAddress } from '#protocol/units.ts';
import type { Log } from '../driver/log.ts';
import { poll } from '../driver/poll.ts';
import type { Database } from '../store/database.ts';
import { openOutboxRows } from '../store/outbox-rows.ts';
import { follower } from './follow.ts';
import { joinNext } from './join-next.ts';
import { paceFor, type Pace } from './pace.ts';
import type { OutboxParts } from './parts.ts';
import { purposeOf } from './purpose.ts';
import { sendFor } from './send.ts';

export type OutboxOptions = Readonly<{
  database: Pick<Database, 'commit' | 'query'>;
  deployment: Deployment;
  /** Connected to a provider. */
  wallet: Wallet;
  log: Log;
  /** Most wei for a unit of gas: above it transactions wait. */
  maxGasPrice?: bigint;
  pace?: Partial<Pace>;
  /** The test hook. */
  reached?: OutboxParts['reached'];
}>;

export type Outbox = Readonly<{
  /** Its `send` throws `chain/fee-cap` beside the rest, and gives all who ask for the same purpose one transaction. */
  transactor: Transactor;
  /** Who waits is told `chain/not-mined`; what is under way goes on with the next start. */
  stop(): Promise<void>;
}>;

/** What stands still for the test hook never ends. */
const STOP_MILLIS = 2_000;

/** Begins with what an earlier process has left under way. */
export function openOutbox(options: OutboxOptions): Outbox {
  const { database, deployment, wallet, log, maxGasPrice: cap = null } = options;
  const { provider } = wallet;
  if (provider === null) throw new TypeError('the wallet has no provider');
  const { chainId } = deployment;
  const account = toAddress(wallet.address);
  const pace = { ...paceFor(chainId), ...options.pace };
  const rows = openOutboxRows(database, chainId, account);
  const reached = options.reached ?? (async () => undefined);
  const parts: OutboxParts = { wallet, provider, chainId, account, rows, pace, cap, log, reached };

  const stopping = new AbortController();
  const { signal } = stopping;
  const { look, troubleOf } = follower(parts);
  const following = { look: joinNext(look), troubleOf, signal };
  const polling = { pollMillis: pace.idleMs, log, signal };
  const background = poll(polling, 'transactions could not be followed; trying again', following.look);
  const sending = new Set<Promise<unknown>>();

  return {
    transactor: {
      address: account,
      chainId,
      provider,
      send(call) {
        const sent = sendFor(parts, following, purposeOf(deployment, call), call);
        const ended = sent.catch(() => undefined).finally(() => sending.delete(ended));
        sending.add(ended);
        return sent;
      },
    },
    async stop() {
      stopping.abort();
      const ended = Promise.all([background, ...sending]);
      await Promise.race([ended, delay(STOP_MILLIS, undefined, { ref: false })]);
    },
  };
}
