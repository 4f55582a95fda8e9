/** `tributary coordinator policy`: what is in force, and what is wrong with a file, before a service reads it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { parsePolicy } from '#coordinator/operations/read.ts';
import { digestOf } from '#coordinator/operations/published.ts';
import { defaultPolicy } from '#coordinator/operations/schema.ts';
import { tributary } from './program.ts';

describe('tributary coordinator policy', function () {
  this.timeout(60_000);
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'tributary-policy-'));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const policy = (args: readonly string[] = [], env: Record<string, string> = {}) =>
    tributary(['coordinator', 'policy', ...args], { env: { TRIBUTARY_HOME: home, ...env } });
  const written = (name: string, active: string): string => {
    const path = join(home, name);
    writeFileSync(path, `version: 1\njobs: { active: ${active} }\n`);
    return path;
  };

  it('is the flag’s file over the environment’s over the home’s over the defaults, as YAML and as JSON', async () => {
    const none = await policy(['--json']);
    const digest = digestOf(defaultPolicy);
    expect(none.json).to.deep.equal({ event: 'policy', path: null, digest, policy: defaultPolicy });
    const own = written('operations.yaml', '5');
    expect((await policy(['--json'])).json).to.have.property('path', own);
    const named = { TRIBUTARY_OPERATIONS: written('environment.yaml', '6') };
    const { stdout } = await policy([], named);
    expect(stdout).to.match(/^version: 1\nchains: \[\]\njobs:\n {2}active: 6\n/);
    expect(stdout).to.match(
      /\nlimits:\n {2}address:\n {4}reads: 30000\n[^]*\nquotas:\n {2}requests: unlimited\n/,
    );
    expect(stdout)
      .to.match(/\n# digest 0x[0-9a-f]{64}\n$/)
      .and.not.contain(digest);
    // What is printed is a policy again.
    expect(parsePolicy(stdout, 'printed').jobs.active).to.equal(6);
    expect((await policy(['--operations', written('flag.yaml', '7')], named)).stdout).to.contain(
      'active: 7\n',
    );
  });

  it('is refused line by line', async () => {
    const path = written('wrong.yaml', 'many');
    const { status, stdout, stderr } = await policy(['--operations', path]);
    expect(status).to.equal(1);
    expect(stdout).to.equal('');
    expect(stderr).to.contain(`${path}:2:17: jobs.active: `).and.to.contain('operations/invalid');
  });
});
