/** How the embedded database's directory is made: whole, and not at the cost of the process that goes on with it. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { ensureData } from '#coordinator/store/embedded-data.ts';
import { codeOf } from '../code-of.ts';
import { newFolder, preparedDatabase, removeFolder } from './folder.ts';

const MB = 1_000_000;
const opener = fileURLToPath(new URL('opener.ts', import.meta.url));

describe("the embedded database's directory", function () {
  this.timeout(120_000);
  let folder: string;
  beforeEach(async () => void (folder = await newFolder()));
  afterEach(() => removeFolder(folder));

  it('is made elsewhere at the very first start, which takes no more memory than any other', async function () {
    // Only Linux tells the most memory that a process had.
    if (process.platform !== 'linux') this.skip();
    const prepared = join(folder, 'prepared');
    // What others began an hour ago goes, what they are at does not.
    const [old, atWork] = [`${prepared}.old.making`, `${prepared}.at-work.making`];
    for (const path of [old, atWork]) await mkdir(path);
    await utimes(old, 0, 0);
    const open = async (home: string): Promise<number> => {
      const args = ['--import', 'tsx', opener, join(folder, home), prepared];
      return Number((await promisify(execFile)(process.execPath, args)).stdout) / MB;
    };
    // The database's own, beside what loading sources takes: making one takes 750 and more.
    expect(await open('first')).to.be.within(50, 350);
    expect(existsSync(join(prepared, 'PG_VERSION'))).to.equal(true);
    expect(await readdir(folder)).to.have.members(['first', 'prepared', 'prepared.at-work.making']);
  });

  it('says so where it can not be made, and leaves nothing', async () => {
    const unwritable = 'x'.repeat(240);
    const refused = ensureData(join(folder, 'database'), join(folder, unwritable));
    expect(await codeOf(refused)).to.equal('database/not-made');
    expect(await readdir(folder)).to.deep.equal([]);
  });

  it('is copied anew where a process died copying, and keeps nothing of that', async () => {
    const data = join(folder, 'database');
    const left = `${data}.0b6c5b0e-5d5f-4c57-9a0c-6f0f4f7b1f10.making`;
    await mkdir(left);
    await mkdir(data);
    await writeFile(join(data, 'PG_VERSION'), 'half');
    await ensureData(data, preparedDatabase());
    expect(await readdir(folder)).to.have.members(['database', 'database.made']);
    expect(await readdir(data)).to.include.members(['base', 'global', 'pg_wal']);
  });
});
