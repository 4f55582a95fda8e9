/** How many coordinators share a database, by what its server lists. docs/postgresql.md */
import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { coordinatorCount } from '#coordinator/quotas/beside.ts';
import { coordinatorsOn } from '#coordinator/store/present-coordinators.ts';
import { openServer } from '#coordinator/store/server-database.ts';
import { postgresOrSkip, type Postgres } from '#test/support/postgres.ts';
import { memoryLog } from '../fakes.ts';
import { eventually } from '../launch.ts';

describe('coordinators on one PostgreSQL server', () => {
  let server: Postgres;
  before(async function () {
    this.timeout(60_000);
    server = await postgresOrSkip(this);
  });
  after(() => (server as Postgres | undefined)?.stop());

  it('are counted as instances, not as connections, nor with others who look at the database', async () => {
    const url = await server.create();
    const names = [`tributary ${randomUUID()}`, `tributary ${randomUUID()}`, 'tributary doctor'];
    const [first, second, other] = await Promise.all(names.map((name) => openServer(url, name)));
    const stop = new AbortController();
    try {
      // Two connections at once.
      await Promise.all([first?.query('select pg_sleep(0.1)'), first?.query('select pg_sleep(0.1)')]);
      await Promise.all([second?.query('select 1'), other?.query('select 1')]);
      expect(await coordinatorsOn(first!.query)).to.equal(2);
      const counting = { signal: stop.signal, log: memoryLog(), lookMillis: 20 };
      const count = coordinatorCount({ ...counting, count: () => coordinatorsOn(first!.query) });
      await eventually(
        () => Promise.resolve(count()),
        (found) => found === 2,
      );
      await second?.close();
      await eventually(
        () => Promise.resolve(count()),
        (found) => found === 1,
      );
    } finally {
      stop.abort();
      await Promise.allSettled([first?.close(), second?.close(), other?.close()]);
    }
  });
});
