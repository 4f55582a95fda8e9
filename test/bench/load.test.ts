/** The load's own parts, against the server that ours is measured against: what it counts was sent, and lies on disk. */
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { parseStat, processorOf } from '../../bench/load/processor-of.ts';
import { runBare } from '../../bench/load/runs.ts';

describe('a load', function () {
  this.timeout(30_000);

  let root = '';
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'load-'));
  });
  after(() => rm(root, { recursive: true }));

  it('counts what is answered after its warm-up, and empties the files of it', async () => {
    const stage = { home: '', uploads: join(root, 'uploads'), vector: join(root, 'vector') };
    await writeFile(stage.uploads, JSON.stringify({ path: '/inputs/0', message: 'of nobody', member: 0 }));
    await writeFile(stage.vector, new Uint8Array(1000));
    const options = { clients: 3, warmUp: 0.3, seconds: 0.3, profile: null };
    const run = await runBare(root, stage, options);
    expect(run).to.include({ errors: 0, ranOut: false, bytes: 1000 * run.messages });
    expect(run.seconds).to.be.within(0.2, 10);
    const [folder = ''] = (await readdir(root)).filter((name) => name.startsWith('bare-'));
    const files = await readdir(join(root, folder));
    expect(files.length).to.be.above(run.messages);
    expect(run.messages).to.be.above(0);
    for (const file of files) expect((await stat(join(root, folder, file))).size).to.equal(0);
  });

  it('reads the time on processors as Linux tells it', async () => {
    const before = '7 (a) b) S 1 7 7 0 -1 4194560 900 0 0 0 ';
    expect(parseStat(`${before}150 25 0 0 20 0 11 0`)).to.equal(1.75);
    expect(() => parseStat('7 (node) S')).to.throw('does not say');
    if (process.platform !== 'linux') return;
    expect(await processorOf(process.pid)).to.be.within(0.1, 10_000);
  });
});
