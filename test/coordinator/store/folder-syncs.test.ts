/** Names of files on disk, and of the folders that they are in: these while they may be new. */
import { expect } from 'chai';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { disk, writeDurably, type Disk } from '#coordinator/store/files.ts';
import { FolderSyncs } from '#coordinator/store/folder-syncs.ts';
import { newFolder, removeFolder } from './folder.ts';

describe('the name of a file', () => {
  let folder: string;
  beforeEach(async () => (folder = await newFolder()));
  afterEach(() => removeFolder(folder));

  it('is on disk with that of its folder, each time that this is new', async () => {
    const synced: string[] = [];
    const watched: Disk = {
      ...disk,
      async syncFolder(path) {
        await disk.syncFolder(path);
        synced.push(path === folder ? 'folder' : 'inner');
      },
    };
    const inner = join(folder, 'inner');
    const write = async (name: string): Promise<string[]> => {
      await writeDurably(watched, join(inner, name), [Uint8Array.of(1)]);
      return synced.splice(0).toSorted();
    };
    expect(await write('a')).to.deep.equal(['folder', 'inner']);
    expect(await write('b')).to.deep.equal(['inner']);
    await rm(inner, { recursive: true });
    expect(await write('a')).to.deep.equal(['folder', 'inner']);
    expect(await write('b')).to.deep.equal(['inner']);
  });

  it('is not taken for known where its folder was made anew while it was synced', async () => {
    const synced: string[] = [];
    const syncs: FolderSyncs = new FolderSyncs(async (path) => {
      synced.push(path);
      if (synced.length === 2) syncs.making('/inputs/7-1-1');
    });
    for (const name of ['a', 'b', 'c']) await syncs.named(`/inputs/7-1-1/${name}`);
    expect(synced.filter((path) => path === '/inputs')).to.have.length(2);
    expect(synced.filter((path) => path === '/inputs/7-1-1')).to.have.length(3);
  });
});
