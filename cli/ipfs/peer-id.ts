/** The peer id of the node in a folder, whether it runs or not. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { peerIdFromPrivateKey } from '@libp2p/peer-id';
import { takeLock } from '#datasets/folder-lock.ts';
import { ownPeerKey, readPeerKey } from './peer-key.ts';
import { folderInUse } from './server.ts';

/** Makes the key if there is none yet. @throws TributaryError `ipfs/bad-peer-key`, `ipfs/locked` */
export async function peerIdOf(folder: string): Promise<string> {
  return peerIdFromPrivateKey((await readPeerKey(folder)) ?? (await makeKey(folder))).toString();
}

async function makeKey(folder: string) {
  const file = join(folder, 'lock');
  const lock = await takeLock(file, (pid) => folderInUse(file, pid));
  try {
    const aside = join(folder, 'incoming');
    await mkdir(aside, { recursive: true });
    return await ownPeerKey(folder, aside);
  } finally {
    await lock.release();
  }
}
