/**
 * What callers use in a day: counted here, and settled with the database every few seconds, so that no request waits for it. What
 * other coordinators counted is heard of at the next settling: by so much a quota may be overdrawn. docs/decisions/0032
 */
import type { Clock } from '../driver/clock.ts';
import type { Log } from '../driver/log.ts';
import { sayOnce } from '../driver/poll.ts';
import { serialQueue } from '../driver/queue.ts';
import type { QuotaRows, Used } from '../store/quota-rows.ts';

export type Ledger = Readonly<{
  /** What a caller has used today, with what is not settled yet. */
  used(holder: string): Used & Readonly<{ secondsLeft: number }>;
  add(holder: string, more: Used): void;
  /** Writes down what was added, and learns what others did. What can't be written now is written with the next. */
  settle(): Promise<void>;
  /** Settles once more, and no more. */
  close(): Promise<void>;
}>;

type Account = { settled: Used; unsettled: Used; touched: number };

const SETTLE_MILLIS = 2_000;
const DAY_SECONDS = 86_400;
/** Who asks again later is looked up again. */
const IDLE_SETTLINGS = 150;
/** Callers that are counted at once: beyond them the one that came first is looked up again. */
const MOST = 100_000;
const NOTHING: Used = { requests: 0, bytes: 0 };

const sum = (one: Used, other: Used): Used => ({
  requests: one.requests + other.requests,
  bytes: one.bytes + other.bytes,
});
const difference = (one: Used, other: Used): Used => ({
  requests: one.requests - other.requests,
  bytes: one.bytes - other.bytes,
});

type LedgerParts = Readonly<{ rows: QuotaRows; clock: Clock; log: Log; settleMillis?: number }>;

export function openLedger({ rows, clock, log, settleMillis = SETTLE_MILLIS }: LedgerParts): Ledger {
  const say = sayOnce(log);
  const inOrder = serialQueue();
  let day = dayOf(clock);
  let settlings = 0;
  let accounts = new Map<string, Account>();

  /** A new day begins with nothing; what the last one still had to settle is a few seconds of it, and is let go. */
  const today = () => {
    if (dayOf(clock) !== day) accounts = new Map();
    day = dayOf(clock);
    return accounts;
  };
  const accountOf = (holder: string): Account => {
    const known = today();
    const account = known.get(holder) ?? { settled: NOTHING, unsettled: NOTHING, touched: settlings };
    account.touched = settlings;
    known.set(holder, account);
    if (known.size > MOST) forgetOldest(known);
    return account;
  };

  async function settleAll(): Promise<void> {
    const known = today();
    settlings += 1;
    const adding = new Map<string, Used>();
    for (const [holder, { unsettled, touched }] of known) {
      if (unsettled.requests + unsettled.bytes > 0) adding.set(holder, unsettled);
      else if (settlings - touched > IDLE_SETTLINGS) known.delete(holder);
    }
    if (adding.size === 0) return;
    try {
      for (const [holder, settled] of await rows.add(day, adding)) {
        const account = known.get(holder);
        if (!account) continue;
        account.settled = settled;
        // What came while the database was written to.
        account.unsettled = difference(account.unsettled, adding.get(holder) ?? NOTHING);
      }
      say.well();
    } catch (error) {
      say.failed({}, error, 'what callers use is not written down now; trying again');
    }
  }

  const settle = () => inOrder(settleAll);
  const timer = setInterval(() => void settle(), settleMillis);
  timer.unref();
  return {
    used(holder) {
      const { settled, unsettled } = accountOf(holder);
      return { ...sum(settled, unsettled), secondsLeft: DAY_SECONDS - (clock.now() % DAY_SECONDS) };
    },
    add(holder, more) {
      const account = accountOf(holder);
      account.unsettled = sum(account.unsettled, more);
    },
    settle,
    async close() {
      clearInterval(timer);
      await settle();
    },
  };
}

function forgetOldest(accounts: Map<string, Account>): void {
  for (const holder of accounts.keys()) return void accounts.delete(holder);
}

const dayOf = (clock: Clock): number => Math.floor(clock.now() / DAY_SECONDS);
