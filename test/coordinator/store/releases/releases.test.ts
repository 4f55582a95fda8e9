/** What earlier releases left in a database is read by this one, and gone on with. */
import { expect } from 'chai';
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { AttemptRecord } from '#coordinator/store/records.ts';
import type { Database } from '#coordinator/store/database.ts';
import { migrate } from '#coordinator/store/migrations.ts';
import { openRecords } from '#coordinator/store/records.ts';
import { JobDriver } from '#coordinator/driver/job-driver.ts';
import type { InnerEvent } from '#coordinator/round/attempt.ts';
import { driverParts, performers, settle } from '../../fakes.ts';
import { resultOf } from '../../fixtures.ts';
import { onEachEngine, type TestDatabase } from '../engines.ts';
import { last, second } from './left.ts';

type Left = Readonly<{
  /** Migrations that the release knew. */
  steps: number;
  rows: Readonly<Record<string, readonly object[]>>;
  /** Of the round, as the release read them. */
  attempts: readonly AttemptRecord[];
}>;

const folder = fileURLToPath(new URL('.', import.meta.url));
const releases = readdirSync(folder).filter((name) => name.endsWith('.json'));

onEachEngine('what an earlier release left', (engine) => {
  for (const name of releases) {
    describe(`in version ${name.replace('.json', '')}`, () => {
      const left = JSON.parse(readFileSync(`${folder}/${name}`, 'utf8')) as Left;
      let made: TestDatabase;
      let database: Database;

      before(async function () {
        this.timeout(60_000);
        made = await engine.create();
        database = await made.open();
        await database.commit(({ exec }) => exec('drop schema public cascade; create schema public'));
        await migrate(database.commit, left.steps);
        await database.commit(async ({ query }) => {
          for (const [table, rows] of Object.entries(left.rows))
            await query(`insert into ${table} select * from jsonb_populate_recordset(null::${table}, $1)`, [
              JSON.stringify(rows),
            ]);
        });
        await database.close();
        database = await made.open();
      });
      after(async () => {
        await database.close();
        await made.remove();
      });

      it('is read as it was', async () => {
        const records = openRecords(database);
        const [{ done } = { done: 0 }] = await database.query<{ done: number }>(
          'select count(*)::int as done from migrations',
        );
        expect(done).to.be.above(left.steps);
        expect(await records.attemptsOf(7, 1)).to.deep.equal(left.attempts);
        expect(await records.jobs()).to.deep.equal([
          { job: 7, state: 'active', rounds: 2, round: 1, attempt: 2 },
        ]);
        expect(await records.unmaskings(second.id)).to.have.length(2);
        const openings = await records.openings(second.id, [0, 1, 2]);
        expect(openings.map(({ shares }) => [...shares])).to.deep.equal([
          [0, 255, 0],
          [0, 255, 1],
        ]);
        const delivered = await records.deliveries(second.id, [{ dealer: 2, place: 1 }]);
        expect(delivered[0]?.ciphertext).to.match(/^0x[0-9a-f]{40,}$/);
      });

      it('is gone on with, from the message that is due', async () => {
        const asked: InnerEvent[] = [{ type: 'aggregated', result: resultOf(second) }];
        const { parts } = driverParts({
          records: openRecords(database),
          performers: performers({
            aggregate: () => {
              const event = asked.pop();
              return event ? Promise.resolve(event) : new Promise(() => undefined);
            },
          }),
        });
        const driver = await JobDriver.resume(parts, { job: 7 });
        expect((await driver.attempt(second.id)).phase).to.equal('unmasking');
        await driver.submit(second.id, last());
        await settle();
        await driver.stop();
        expect(asked).to.deep.equal([]);
        const stored = await openRecords(database).load(7, 0);
        expect(stored?.attempts.map(({ state }) => state.phase)).to.deep.equal(['aborted', 'settling']);
      });
    });
  }
});
