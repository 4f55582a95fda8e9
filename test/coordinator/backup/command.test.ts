/** `tributary coordinator backup | restore`: from a home into another, for their owner's eyes alone. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { folderBlobs } from '#coordinator/blobs/folder.ts';
import { openEmbedded } from '#coordinator/store/embedded-database.ts';
import { tributary } from '#test/cli/program.ts';
import { newFolder, preparedDatabase, removeFolder } from '../store/folder.ts';
import { contentOf, keepAll, underWay } from './kept.ts';

/** Three processes and as many databases: in `npm run test:slow`. */
const slow = process.env['TRIBUTARY_SLOW_TESTS'] === '1';

describe('tributary coordinator backup', function () {
  this.timeout(120_000);
  let root: string;
  before(async () => (root = await newFolder()));
  after(() => removeFolder(root));

  const coordinator = (home: string, ...args: string[]) =>
    tributary(['coordinator', ...args, '--json'], { env: { TRIBUTARY_HOME: join(root, home) } });
  const open = (home: string) =>
    openEmbedded({ folder: join(root, home, 'coordinator'), prepared: preparedDatabase() });
  const blobs = (home: string) => folderBlobs(join(root, home, 'coordinator'));
  const backup = () => join(root, 'backup');

  it('finds nothing in a home without a coordinator, and makes nothing there', async () => {
    const { status, json } = await coordinator('none', 'backup', join(root, 'of-nothing'));
    expect(status).to.equal(1);
    expect(json).to.have.nested.property('error.code', 'backup/nothing');
    expect(readdirSync(root)).not.to.include.members(['none', 'of-nothing', 'of-nothing.partial']);
  });

  if (!slow) return;

  it('writes what only its owner reads, and another home gets all of it back', async () => {
    const database = await open('old');
    await keepAll(database, blobs('old'));
    const content = await contentOf(database, blobs('old'));
    expect((await coordinator('old', 'backup', backup())).json).to.have.nested.property(
      'error.code',
      'database/locked',
    );
    await database.close();

    const taken = await coordinator('old', 'backup', backup());
    expect(taken.json).to.deep.include({
      ...{ event: 'backed-up', folder: backup(), missing: [] },
      underWay: [{ ...underWay, phase: 'unmasking' }],
    });
    const modes = readdirSync(backup(), { recursive: true, withFileTypes: true }).map(
      (entry) => statSync(join(entry.parentPath, entry.name)).mode & 0o077,
    );
    expect(new Set(modes)).to.deep.equal(new Set([0]));

    const restored = await coordinator('new', 'restore', backup());
    expect(restored.json).to.deep.include({ event: 'restored', rows: taken.json['rows'] });
    const again = await open('new');
    expect(await contentOf(again, blobs('new'))).to.deep.equal(content);
    await again.close();
  });

  it('that is killed while it restores has changed nothing that the next try minds', async () => {
    const env = { ...process.env, TRIBUTARY_HOME: join(root, 'killed') };
    const child = spawn(process.execPath, ['cli/tributary.mjs', 'coordinator', 'restore', backup()], { env });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      // Once for the database that is thrown away, then for the real one.
      if (said.split('jobs: ').length > 2) child.kill('SIGKILL');
    });
    await once(child, 'close');
    expect(child.signalCode).to.equal('SIGKILL');
    const between = await open('killed');
    expect(await between.query('select job from jobs')).to.deep.equal([]);
    await between.close();
    expect((await coordinator('killed', 'restore', backup())).json).to.have.property('event', 'restored');
  });
});
