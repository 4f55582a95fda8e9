/** More than one RPC, however they are named. protocol.md §5.5 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createProgram } from '#cli/program/program.ts';
import { readSettings } from '#cli/settings.ts';

describe('several RPCs', () => {
  const [one, two] = ['http://127.0.0.1:1', 'http://127.0.0.1:2/key'];
  const several = { rpc: one, furtherRpcs: [two] };
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'tributary-rpcs-'));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  it('by an option, the environment or tributary.yaml are a first one and further ones', () => {
    expect(readSettings({ home, rpc: `${one},${two}` }, {})).to.deep.include(several);
    expect(readSettings({ home }, { TRIBUTARY_RPC: `${one},${two}` })).to.deep.include(several);
    writeFileSync(join(home, 'tributary.yaml'), `rpc:\n  - ${one}\n  - ${two}\n`);
    expect(readSettings({ home }, {})).to.deep.include(several);
    expect(readSettings({ home, rpc: two }, {})).to.deep.include({ rpc: two, furtherRpcs: [] });
  });

  it('by an option that is given twice are two', async () => {
    const program = createProgram(true);
    const given: unknown[] = [];
    program.command('ask').action(() => void given.push(program.opts()['rpc']));
    await program.parseAsync(['--rpc', one, '--rpc', two, 'ask'], { from: 'user' });
    expect(given).to.deep.equal([`${one},${two}`]);
  });
});
