import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { keepPolicy, type KeptPolicy } from '#coordinator/operations/keep.ts';
import { defaultPolicy } from '#coordinator/operations/schema.ts';
import { codeOf } from '../code-of.ts';

type Line = Readonly<{ level: string; facts: Record<string, unknown> }>;

describe('an operations policy that changes', () => {
  let folder: string;
  let path: string;
  let kept: KeptPolicy | null = null;
  let lines: Line[] = [];
  let heard: (line: Line) => void = () => undefined;
  const saying = (level: string) => (facts: object) => {
    const line = { level, facts: facts as Record<string, unknown> };
    lines.push(line);
    heard(line);
  };
  const log = { info: saying('info'), warn: saying('warn'), error: saying('error') };
  const nextLine = () => new Promise<Line>((resolve) => (heard = resolve));
  const written = (jobs: string) => `version: 1\njobs: { ${jobs} }\n`;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'operations-'));
    path = join(folder, 'operations.yaml');
    lines = [];
    await writeFile(path, written('active: 2'));
  });
  afterEach(async () => {
    kept?.close();
    kept = null;
    await rm(folder, { recursive: true });
  });

  it('is taken when its file is written or replaced', async () => {
    kept = await keepPolicy(path, log);
    expect(kept.current().jobs.active).to.equal(2);
    const changed = nextLine();
    await writeFile(path, written('active: 3'));
    expect(await changed).to.have.property('level', 'info');
    expect(kept.current().jobs.active).to.equal(3);

    const replaced = nextLine();
    await writeFile(`${path}.new`, written('active: 4'));
    await rename(`${path}.new`, path);
    await replaced;
    expect(kept.current().jobs.active).to.equal(4);
  });

  it('stays as it was where the new one is wrong, which is said with its line', async () => {
    kept = await keepPolicy(path, log);
    const refused = nextLine();
    await writeFile(path, written('active: none'));
    const { level, facts } = await refused;
    expect(level).to.equal('error');
    expect(facts['code']).to.equal('operations/invalid');
    expect(facts['error']).to.contain(`${path}:2:17: jobs.active`);
    expect(kept.current().jobs.active).to.equal(2);
  });

  it('is read again when the process is told to, and says nothing where nothing changed', async () => {
    kept = await keepPolicy(path, log);
    await kept.reload();
    expect(lines).to.deep.equal([]);
    expect(process.listenerCount('SIGHUP')).to.be.at.least(1);
    const before = process.listenerCount('SIGHUP');
    kept.close();
    kept = null;
    expect(process.listenerCount('SIGHUP')).to.equal(before - 1);
  });

  it('may come and go where nobody named it: without it the defaults hold', async () => {
    await rm(path);
    expect(await codeOf(keepPolicy(path, log))).to.equal('operations/unreadable');
    kept = await keepPolicy(path, log, { optional: true });
    expect(kept.current()).to.equal(defaultPolicy);
    const come = nextLine();
    await writeFile(path, written('active: 3'));
    await come;
    expect(kept.current().jobs.active).to.equal(3);
    const gone = nextLine();
    await rm(path);
    await gone;
    expect(kept.current()).to.equal(defaultPolicy);
  });

  it('must be right at the start', async () => {
    await writeFile(path, written('active: 0'));
    expect(await codeOf(keepPolicy(path, log))).to.equal('operations/invalid');
  });
});
