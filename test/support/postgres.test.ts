import { expect } from 'chai';
import { findPostgres } from './postgres.ts';

describe('a PostgreSQL server for tests', () => {
  const nowhere = '/nowhere/postgresql';

  it('that is not to be had skips what asks for it, and says why', async () => {
    for (const needed of ['', 'chromium', 'not-postgres']) {
      const found = await findPostgres({ PATH: nowhere, TRIBUTARY_REQUIRE: needed }, nowhere);
      expect(found).to.have.property('skipped').that.contains('no "initdb" on the PATH');
    }
  });

  it('that is not to be had is a failure where the run requires one', async () => {
    for (const needed of ['postgres', 'chromium,postgres', 'postgres chromium']) {
      const failure = await findPostgres({ PATH: nowhere, TRIBUTARY_REQUIRE: needed }, nowhere).catch(String);
      expect(failure).to.contain('no PostgreSQL');
    }
  });
});
