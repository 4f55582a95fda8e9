/** The key that a node has its peer id from: made once, kept beside the blocks, for its user alone. */
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateKeyPair, privateKeyFromProtobuf, privateKeyToProtobuf } from '@libp2p/crypto/keys';
import type { Ed25519PrivateKey } from '@libp2p/interface';
import { TributaryError } from '#crypto/error.ts';
import { writeDurably } from './durable-file.ts';

const nameOf = (folder: string) => join(folder, 'peer-key');

/**
 * The key in a folder, or null where there is none yet.
 *
 * @throws TributaryError `ipfs/bad-peer-key` where the file is damaged, or others may read it
 */
export async function readPeerKey(folder: string): Promise<Ed25519PrivateKey | null> {
  const file = nameOf(folder);
  const bytes = await readOwn(file);
  if (bytes === null) return null;
  try {
    const key = privateKeyFromProtobuf(bytes);
    if (key.type === 'Ed25519') return key;
  } catch (cause) {
    throw badKey(file, 'it is no private key', cause);
  }
  throw badKey(file, 'it is of another kind than Ed25519');
}

/** The key in a folder that the caller has locked, made if missing. @throws as {@link readPeerKey} */
export async function ownPeerKey(folder: string, aside: string): Promise<Ed25519PrivateKey> {
  const kept = await readPeerKey(folder);
  if (kept !== null) return kept;
  const key = await generateKeyPair('Ed25519');
  await writeDurably(nameOf(folder), privateKeyToProtobuf(key), aside, 0o600);
  return key;
}

async function readOwn(file: string): Promise<Uint8Array | null> {
  try {
    const handle = await open(file, 'r');
    try {
      if (((await handle.stat()).mode & 0o077) !== 0) {
        throw badKey(file, 'others than its owner may read it: chmod 600 it');
      }
      return await readFile(handle);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

const badKey = (file: string, why: string, cause?: unknown) =>
  new TributaryError(
    'ipfs/bad-peer-key',
    `${file} can not be the node's key, ${why}; or move it away, and the node takes a new peer id`,
    { cause },
  );
