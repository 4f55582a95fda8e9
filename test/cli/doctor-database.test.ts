/** The doctor looks at the database that the coordinator would use. */
import { expect } from 'chai';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkDatabase } from '#cli/doctor/database.ts';
import { postgresOrSkip, type Postgres } from '#test/support/postgres.ts';

describe('the doctor, where a PostgreSQL server is named', function () {
  this.timeout(60_000);
  let server: Postgres | undefined;
  let home: string;
  before(async function () {
    server = await postgresOrSkip(this);
    home = mkdtempSync(join(tmpdir(), 'tributary-doctor-'));
  });
  after(async () => {
    rmSync(home, { recursive: true, force: true });
    await server?.stop();
  });

  it('finds it sound, or says what is wrong with it and what to do, and never its password', async () => {
    const url = new URL((await server?.create()) ?? '');
    const sound = await checkDatabase({ home }, { DATABASE_URL: url.href });
    expect(sound.verdict).to.equal('ok');
    expect(sound.seen).to.match(/^PostgreSQL \d+ at 127\.0\.0\.1:\d+ /);
    url.password = 'wr0ng-p4ss';
    const refused = await checkDatabase({ home }, { DATABASE_URL: url.href });
    expect(refused.verdict).to.equal('failure');
    url.port = '9';
    const absent = await checkDatabase({ home }, { DATABASE_URL: url.href });
    expect(absent).to.include({ verdict: 'failure' });
    writeFileSync(join(home, 'tributary.yaml'), `database: ${url.href}\n`, { mode: 0o644 });
    const exposed = await checkDatabase({ home }, {});
    expect(exposed).to.include({ verdict: 'failure' });
    expect(JSON.stringify([refused, absent, exposed])).not.to.contain('p4ss');
    expect(refused).to.have.property('remedy').that.contains('DATABASE_URL');
    expect(exposed).to.have.property('remedy').that.contains('chmod 600');
  });
});
