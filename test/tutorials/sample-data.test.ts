/** The sample data of the tutorials: who gets which rows, and what is refused. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadWdbc, toCsv } from '#datasets/samples/wdbc.ts';

const run = (...args: string[]) =>
  spawnSync(process.execPath, ['--import', 'tsx', 'examples/sample-data/main.ts', ...args], {
    encoding: 'utf8',
  });

describe('examples/sample-data', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'tributary-sample-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('deals every row to one owner or to the buyer, the same way each time', () => {
    const { status, stdout } = run(join(folder, 'a'));
    expect(status).to.equal(0);
    expect(stdout).to.match(/^owner-1.csv: \d+ rows\nowner-2.csv: \d+ rows\nowner-3.csv: \d+ rows\nheld-out/);
    const names = readdirSync(join(folder, 'a')).sort();
    expect(names).to.deep.equal(['held-out.csv', 'owner-1.csv', 'owner-2.csv', 'owner-3.csv']);
    const rowsOf = (name: string) =>
      readFileSync(join(folder, 'a', name), 'utf8')
        .trim()
        .split('\n')
        .slice(1);
    const all = toCsv(loadWdbc()).trim().split('\n').slice(1);
    expect(names.flatMap(rowsOf).sort()).to.deep.equal(all.sort());
    expect(statSync(join(folder, 'a', 'owner-1.csv')).mode & 0o077).to.equal(0);

    run(join(folder, 'b'), '3');
    expect(
      readFileSync(join(folder, 'b', 'owner-2.csv'), 'utf8')
        .trim()
        .split('\n')
        .slice(1),
    ).to.deep.equal(rowsOf('owner-2.csv'));
  });

  it('deals to as many owners as are asked for', () => {
    expect(run(folder, '5').status).to.equal(0);
    expect(readdirSync(folder)).to.have.lengthOf(6);
  });

  it('says how it is called', () => {
    for (const args of [[], [folder, '2'], [folder, '11'], [folder, 'x']]) {
      const { status, stderr } = run(...args);
      expect(status, args.join(' ')).to.equal(2);
      expect(stderr).to.match(/^usage: /);
    }
    expect(readdirSync(folder)).to.deep.equal([]);
  });
});
