/** The unit for systemd: it reads it, and the command takes every option that it gives. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { serviceCommand, serviceEnvironment, unitFile } from '#test/support/service-unit.ts';

const entry = fileURLToPath(new URL('../../cli/tributary.mjs', import.meta.url));

describe('examples/systemd', function () {
  this.timeout(60_000);

  it('starts a coordinator by options that there are, and says its environment', () => {
    const [program, ...words] = serviceCommand();
    expect(program).to.equal('/usr/local/bin/tributary');
    expect(words.slice(-2)).to.deep.equal(['coordinator', 'start']);
    // An option that there is not would be told before the home is looked for.
    const home = join(tmpdir(), 'tributary-of-nobody');
    const args = words.map((word) => word.replace('%S/tributary', home).replace('%d', home));
    const { status, stderr } = spawnSync(process.execPath, [entry, ...args], {
      encoding: 'utf8',
      env: { ...process.env, ...serviceEnvironment() },
    });
    expect(status).to.equal(1);
    expect(JSON.parse(stderr)).to.have.nested.property('error.code', 'settings/no-deployment');
    expect(serviceEnvironment()).to.deep.equal({ MALLOC_ARENA_MAX: '1' });
  });

  it('is a unit that systemd takes', function () {
    const folder = mkdtempSync(join(tmpdir(), 'tributary-unit-'));
    try {
      const unit = join(folder, 'tributary-coordinator.service');
      const text = readFileSync(unitFile, 'utf8');
      // Where it is installed is the operator's; here there is Node.
      writeFileSync(unit, text.replace('/usr/local/bin/tributary', process.execPath));
      const found = spawnSync('systemd-analyze', ['verify', unit], { encoding: 'utf8' });
      if (found.error) {
        console.log('skipped: there is no systemd-analyze here');
        return this.skip();
      }
      expect(found.stderr).to.equal('');
      expect(found.status).to.equal(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
