/** Small files of a buyer's home: whole or not at all, and what is in the way is said. */
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { readIfThere, throwStorageError, writeDurably } from '#buyer/durable-file.ts';
import { failureOf } from '#test/ipfs/failure.ts';

describe("a buyer's small file", () => {
  let folder: string;
  const path = (...names: string[]) => join(folder, ...names);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tributary-durable-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is read as it was written, is its owner’s alone, and is null before', async () => {
    expect(await readIfThere(path('a', 'b.json'))).to.equal(null);
    await writeDurably(path('a', 'b.json'), 'first');
    await writeDurably(path('a', 'b.json'), 'second');
    expect(await readIfThere(path('a', 'b.json'))).to.equal('second');
    expect(readdirSync(path('a'))).to.deep.equal(['b.json']);
    expect([path('a'), path('a', 'b.json')].map((one) => statSync(one).mode & 0o777)).to.deep.equal([
      0o700, 0o600,
    ]);
  });

  it('that can not be read is not taken for one that is not there', async () => {
    mkdirSync(path('launch.json'));
    const { code, message, cause } = await failureOf(readIfThere(path('launch.json')));
    expect(code).to.equal('storage/unreadable');
    expect(message).to.equal(`can't read ${path('launch.json')} (EISDIR): check its permissions`);
    expect(cause).to.have.property('code', 'EISDIR');
  });

  it('that can not be written says so, and leaves nothing behind', async () => {
    mkdirSync(path('taken', 'by-a-folder'), { recursive: true });
    const { code, message, cause } = await failureOf(writeDurably(path('taken'), 'x'));
    expect(code).to.equal('storage/unwritable');
    expect(message).to.match(/\(E(ISDIR|NOTEMPTY|EXIST)\): check the home's permissions$/);
    expect(message).to.contain(`can't write ${path('taken')} `);
    expect(cause).to.be.an('error');
    expect(readdirSync(folder)).to.deep.equal(['taken']);
  });

  it('has no home in what is itself a file', async () => {
    writeFileSync(path('home'), 'x');
    const { code, message } = await failureOf(writeDurably(path('home', 'launch.json'), 'x'));
    expect(code).to.equal('storage/unwritable');
    expect(message).to.contain(`can't write ${path('home', 'launch.json')} (E`);
    expect(readFileSync(path('home'), 'utf8')).to.equal('x');
  });

  it('tells a full disk from the rest, and leaves an error that is no failed write alone', async () => {
    const failed = (code: string) => Object.assign(new Error('x'), { code });
    const said = async (cause: Error) => failureOf((async () => throwStorageError('f', cause))());
    for (const code of ['ENOSPC', 'EDQUOT']) {
      expect(await said(failed(code))).to.include({ code: 'storage/full' });
    }
    expect(await said(failed('EACCES'))).to.include({ code: 'storage/unwritable' });
    const bug = new TypeError('x is undefined');
    expect(() => throwStorageError('f', bug))
      .to.throw()
      .equal(bug);
  });
});
