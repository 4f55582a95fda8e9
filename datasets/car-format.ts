/**
 * The parts of a CAR as bytes. protocol.md §6.1
 * Source: https://ipld.io/specs/transport/car/carv1/. Narrower than it: one root, and blocks of our two kinds
 * only, so that every length is bounded before anything of that length is read.
 */
import { CID } from 'multiformats/cid';
import { TributaryError } from '#crypto/error.ts';
import { codecOf, decodeBlock, isLink, maximumBlockBytes, type DagValue } from '#protocol/dag.ts';

/** CIDv1, codec, sha2-256, 32 bytes: each of the first four is one byte. */
export const cidBytes = 36;
/** A header with one root has 58 bytes. */
const maximumHeaderBytes = 100;

/**
 * An unsigned LEB128 number of at most four bytes, which is more than a section can have.
 *
 * @param byteAt gives its bytes, from 0 on
 * @returns the number, and how many bytes said it
 * @throws TributaryError `car/malformed`
 */
export async function readLength(
  byteAt: (index: number) => Promise<number>,
  name: string,
): Promise<{ length: number; bytes: number }> {
  let length = 0;
  for (let i = 0; i < 4; i++) {
    const byte = await byteAt(i);
    length += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return { length, bytes: i + 1 };
  }
  throw malformed(name, 'it says that something longer than a block follows');
}

/** @throws TributaryError `car/malformed` if no header of ours has this length */
export function assertHeaderLength(length: number, name: string): void {
  if (length > maximumHeaderBytes) throw malformed(name, 'its header is too long');
}

/** The length of a section's block. @throws TributaryError `car/malformed` if no block can have it */
export function blockLength(sectionLength: number, name: string): number {
  const length = sectionLength - cidBytes;
  if (length < 0 || length > maximumBlockBytes) throw malformed(name, 'no block can have its size');
  return length;
}

/** The one root that a header names. @throws TributaryError `car/malformed`, `car/root` */
export function rootOf(bytes: Uint8Array, name: string): CID {
  const header = decodeHeader(bytes, name);
  const { version, roots } = Object(header) as Readonly<{ version?: DagValue; roots?: DagValue }>;
  if (version !== 1) throw malformed(name, 'it is not a CAR of version 1');
  const [root, ...more] = Array.isArray(roots) ? (roots as readonly DagValue[]) : [];
  if (!isLink(root) || more.length > 0) throw badRoot(name, 'it must have exactly one root');
  return root;
}

/** The CID of a section. @throws TributaryError `car/malformed` */
export function cidFrom(bytes: Uint8Array, name: string): CID {
  try {
    const cid = CID.decode(bytes);
    codecOf(cid);
    return cid;
  } catch (cause) {
    throw malformed(name, 'it holds a block of a kind that Tributary does not write', cause);
  }
}

function decodeHeader(bytes: Uint8Array, name: string): DagValue {
  try {
    return decodeBlock(bytes);
  } catch (cause) {
    throw malformed(name, 'it does not begin as one', cause);
  }
}

export const malformed = (name: string, why: string, cause?: unknown) =>
  new TributaryError('car/malformed', `${name} is not a CAR that can be used, ${why}: export it again`, {
    cause,
  });
export const badRoot = (name: string, why: string) =>
  new TributaryError('car/root', `${name} can not be used, ${why}: export it again`);
