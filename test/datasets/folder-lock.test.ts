import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TributaryError } from '#crypto/error.ts';
import { takeLock as take } from '#datasets/folder-lock.ts';
import { removeFolder, temporaryFolder } from '#test/support/ipfs.ts';

/** As a coordinator takes it. */
const takeLock = (file: string) =>
  take(file, (pid) => new TributaryError('database/locked', `in use by process ${pid}`));

describe('the lock', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = temporaryFolder();
    file = join(folder, 'database.lock');
  });
  afterEach(() => removeFolder(folder));

  const refusalOf = async (): Promise<string> => {
    const refused = await takeLock(file).catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(TributaryError).with.property('code', 'database/locked');
    return String(refused);
  };
  const write = (holder: object) => writeFile(file, JSON.stringify(holder));

  it('is for one, until it is released', async () => {
    const lock = await takeLock(file);
    expect(await refusalOf()).to.contain(`process ${process.pid}`);
    await lock.release();
    const again = await takeLock(file);
    await again.release();
    expect(await readdir(folder)).to.deep.equal([]);
  });

  it('is respected while its holder, another process, lives', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(child, 'spawn');
    const stat = await readFile(`/proc/${child.pid ?? 0}/stat`, 'utf8').catch(() => '');
    const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
    await write({ pid: child.pid, started, nonce: 'theirs' });
    expect(await refusalOf()).to.contain(`process ${child.pid ?? 0}`);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const lock = await takeLock(file);
    expect(JSON.parse(await readFile(file, 'utf8'))).to.have.property('pid', process.pid);
    await lock.release();
  });

  it('is taken over from an earlier process of the same number, this one included', async () => {
    await write({ pid: process.pid, started: '', nonce: 'of an earlier life' });
    await (await takeLock(file)).release();
    if (process.platform !== 'linux') return;
    await write({ pid: process.ppid, started: 'long ago', nonce: 'of another' });
    await (await takeLock(file)).release();
  });

  it('is taken over where it is damaged', async () => {
    await writeFile(file, '{"pid":');
    await (await takeLock(file)).release();
    await write({ pid: -4 });
    await (await takeLock(file)).release();
  });

  it('is won by exactly one of many who find it stale', async () => {
    await write({ pid: 2 ** 22 + 1, started: '', nonce: 'dead' });
    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => takeLock(file)));
    const won = tries.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    expect(won.length).to.equal(1);
    await won[0]?.release();
  });
});
