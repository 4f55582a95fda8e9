/** What callers use in a day, over several coordinators of one database and over restarts. docs/operations.md */
import { expect } from 'chai';
import type { Database } from '#coordinator/store/database.ts';
import { openLedger, type Ledger } from '#coordinator/quotas/ledger.ts';
import { openQuotaRows, type QuotaRows } from '#coordinator/store/quota-rows.ts';
import { TributaryError } from '#crypto/error.ts';
import { toSeconds } from '#protocol/units.ts';
import { manualClock, memoryLog } from '../fakes.ts';
import { onEachEngine, type TestDatabase } from '../store/engines.ts';

const DAY = 86_400;
const NOON = toSeconds(20_000 * DAY + DAY / 2);
const used = (requests: number, bytes: number, secondsLeft = DAY / 2) => ({ requests, bytes, secondsLeft });

onEachEngine('the ledger of quotas', ({ create }) => {
  let place: TestDatabase;
  let database: Database;
  const open: Ledger[] = [];
  const clock = manualClock();
  const ledger = (rows: QuotaRows = openQuotaRows(database)): Ledger => {
    const opened = openLedger({ rows, clock, log: memoryLog(), settleMillis: 3_600_000 });
    open.push(opened);
    return opened;
  };
  before(async () => {
    place = await create();
    database = await place.open();
  });
  beforeEach(async () => {
    clock.set(NOON);
    await database.commit((transaction) => transaction.exec('delete from quota_days'));
  });
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });
  after(async () => {
    await database.close();
    await place.remove();
  });

  it('knows what it counted at once, and what others counted once both have settled', async () => {
    const [one, other] = [ledger(), ledger()];
    one.add('key a', { requests: 3, bytes: 500 });
    expect(one.used('key a')).to.deep.equal(used(3, 500));
    other.add('key a', { requests: 1, bytes: 40 });
    other.add('key b', { requests: 1, bytes: 2 ** 33 });
    await one.settle();
    await other.settle();
    expect(other.used('key a')).to.deep.equal(used(4, 540));
    expect(other.used('key b')).to.deep.equal(used(1, 2 ** 33));
    one.add('key a', { requests: 1, bytes: 0 });
    await one.settle();
    expect(one.used('key a')).to.deep.equal(used(5, 540));
  });

  it('forgets nothing over a restart', async () => {
    const one = ledger();
    one.add('key a', { requests: 7, bytes: 9 });
    await one.close();
    const next = ledger();
    next.add('key a', { requests: 1, bytes: 0 });
    await next.settle();
    expect(next.used('key a')).to.deep.equal(used(8, 9));
  });

  it('begins anew with the day of UTC, and keeps a month of days', async () => {
    const one = ledger();
    one.add('key a', { requests: 7, bytes: 9 });
    await one.settle();
    clock.set(toSeconds(NOON + DAY / 2));
    expect(one.used('key a')).to.deep.equal(used(0, 0, DAY));
    one.add('key a', { requests: 1, bytes: 1 });
    await one.settle();
    expect(await database.query('select day, requests from quota_days order by day')).to.deep.equal([
      { day: 20_000, requests: 7 },
      { day: 20_001, requests: 1 },
    ]);
    clock.set(toSeconds(NOON + 32 * DAY));
    one.add('key a', { requests: 2, bytes: 1 });
    await one.settle();
    expect(await database.query('select day from quota_days order by day')).to.deep.equal([
      { day: 20_001 },
      { day: 20_032 },
    ]);
  });

  it('counts on while the database is away, and what comes while it is written to', async () => {
    const real = openQuotaRows(database);
    let away = true;
    const one = ledger({
      async add(day, adding) {
        one.add('key a', { requests: 1, bytes: 1 });
        if (away) throw new TributaryError('database/unreachable', 'away');
        return real.add(day, adding);
      },
    });
    one.add('key a', { requests: 1, bytes: 1 });
    await one.settle();
    expect(one.used('key a')).to.deep.equal(used(2, 2));
    away = false;
    await one.settle();
    expect(one.used('key a')).to.deep.equal(used(3, 3));
    expect(await database.query('select requests from quota_days')).to.deep.equal([{ requests: 2 }]);
  });

  it('writes nothing where nothing was used', async () => {
    let writes = 0;
    const one = ledger({ add: async () => ((writes += 1), new Map()) });
    one.used('key a');
    await one.settle();
    expect(writes).to.equal(0);
  });
});
