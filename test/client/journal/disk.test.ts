import { spawn } from 'node:child_process';
import { fsyncSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { openDisk, type DiskCalls } from '#client/journal/disk.ts';
import { newHome, removeHomes, filesIn } from '../support/home.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const textOf = (read: Uint8Array | null) => read && new TextDecoder().decode(read);
const failing = (code: string): DiskCalls => ({
  write() {
    throw Object.assign(new Error(code), { code });
  },
  sync: fsyncSync,
});

describe('journal on disk', () => {
  afterEach(removeHomes);

  it('creates a file once, and leaves it as it was', () => {
    const disk = openDisk(newHome());
    expect(disk.create('a/b/one.json', bytes('first'))).to.equal(true);
    expect(disk.create('a/b/one.json', bytes('second'))).to.equal(false);
    expect(textOf(disk.read('a/b/one.json'))).to.equal('first');
    expect(disk.read('a/b/two.json')).to.equal(null);
  });

  it('replaces a file whole, and lists names in order', () => {
    const disk = openDisk(newHome());
    disk.replace('f/b', bytes('long before'));
    disk.replace('f/b', bytes('after'));
    disk.replace('f/a', bytes('x'));
    expect(textOf(disk.read('f/b'))).to.equal('after');
    expect(disk.list('f')).to.deep.equal(['a', 'b']);
    expect(disk.list('nothing')).to.deep.equal([]);
  });

  it('syncs the file, each new folder and the name before it returns', () => {
    const synced: string[] = [];
    const home = newHome();
    const disk = openDisk(join(home, 'new'), {
      write: (file, data) => void writeSync(file, data),
      sync: (file) => void synced.push(String(file)),
    });
    const before = synced.length;
    expect(before, "the root's own name").to.be.at.least(1);
    disk.replace('one', bytes('x'));
    expect(synced.length - before, 'file and folder').to.equal(2);
    disk.replace('deep/two', bytes('x'));
    expect(synced.length - before - 2, 'new folder, file and folder').to.equal(3);
  });

  it('is for its owner alone', () => {
    const home = newHome();
    const disk = openDisk(join(home, 'journal'));
    disk.replace('folder/file', bytes('x'));
    expect(statSync(join(home, 'journal/folder/file')).mode & 0o777).to.equal(0o600);
    expect(statSync(join(home, 'journal/folder')).mode & 0o777).to.equal(0o700);
  });

  it('erases: the name is gone, and so is what a write had left aside', () => {
    const home = newHome();
    const disk = openDisk(home);
    disk.replace('secret', bytes('very secret'));
    writeFileSync(join(home, 'secret.part'), 'half a secr');
    disk.erase('secret');
    disk.erase('never there');
    expect([...filesIn(home).keys()]).to.deep.equal([]);
  });

  it('overwrites what it erases', () => {
    const home = newHome();
    const disk = openDisk(home);
    disk.replace('secret', bytes('very secret'));
    const seen: string[] = [];
    const watching = openDisk(home, {
      write: () => undefined,
      sync: () => void seen.push(readFileSync(join(home, 'secret'), 'hex')),
    });
    try {
      watching.erase('secret');
    } catch {
      // The last sync comes after the file is gone.
    }
    expect(seen[0]).to.equal('00'.repeat(11));
  });

  for (const code of ['ENOSPC', 'EDQUOT']) {
    it(`says storage/full on ${code}, keeps what was there and leaves nothing behind`, () => {
      const home = newHome();
      openDisk(home).replace('kept', bytes('before'));
      const full = openDisk(home, failing(code));
      expect(() => full.replace('kept', bytes('after')))
        .to.throw()
        .with.property('code', 'storage/full');
      expect(() => full.create('new', bytes('x')))
        .to.throw()
        .with.property('code', 'storage/full');
      expect([...filesIn(home).keys()]).to.deep.equal(['kept']);
      expect(textOf(openDisk(home).read('kept'))).to.equal('before');
    });
  }

  it('says journal/unwritable on any other failure', () => {
    const disk = openDisk(newHome(), failing('EIO'));
    expect(() => disk.replace('x', bytes('x')))
      .to.throw()
      .with.property('code', 'journal/unwritable');
  });

  it('does not take a write that a crash cut off for a file', () => {
    const home = newHome();
    writeFileSync(join(home, 'decision.json.part'), '{"half":');
    const disk = openDisk(home);
    expect(disk.read('decision.json')).to.equal(null);
    expect(disk.list('.')).to.deep.equal([]);
    expect(disk.create('decision.json', bytes('{}'))).to.equal(true);
  });

  it('has all that it acknowledged after SIGKILL in the middle of writing', async () => {
    const home = newHome();
    const writer = fileURLToPath(new URL('../support/writer.ts', import.meta.url));
    const child = spawn(process.execPath, ['--import', 'tsx', writer, home], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let acknowledged = 0;
    const exited = once(child, 'exit');
    for await (const line of createInterface(child.stdout)) {
      acknowledged = Number(line);
      if (acknowledged === 40) child.kill('SIGKILL');
    }
    await exited;
    expect(child.signalCode).to.equal('SIGKILL');
    expect(acknowledged).to.be.at.least(40);
    const disk = openDisk(home);
    for (let n = 1; n <= acknowledged; n++) {
      expect(textOf(disk.read(`decisions/${n}.json`)), `decision ${n}`).to.equal(`{"n":${n}}`);
    }
  });
});
