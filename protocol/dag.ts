/**
 * Canonical DAG-CBOR blocks and their CIDs. protocol.md §6.1
 * Source: https://ipld.io/specs/codecs/dag-cbor/spec/. Stricter than it: no floats at all, links only to
 * `raw` and `dag-cbor` blocks by sha2-256, and bytes that a second encoding would not give again are refused,
 * so that a value has one block and a block has one reading.
 */
import { decode, encode } from '@ipld/dag-cbor';
import { CID } from 'multiformats/cid';
import * as Digest from 'multiformats/hashes/digest';
import { equalBytes, utf8 } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import { platform } from '#platform';

/** What a block may hold. Integers beyond 2^53 − 1 are bigints, down to −2^64 and up to 2^64 − 1. */
export type DagValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | CID
  | readonly DagValue[]
  | Readonly<{ [key: string]: DagValue }>;

export type Codec = 'raw' | 'dag-cbor';
export type Block = Readonly<{ cid: CID; bytes: Uint8Array }>;

/** No block is larger: 4 MiB, of any codec. */
export const maximumBlockBytes = 4 * 1024 * 1024;
const maximumDepth = 32;
const codes = { raw: 0x55, 'dag-cbor': 0x71 } as const;
const sha2256 = 0x12;

/** The CID of a block's bytes. */
export const cidOf = (codec: Codec, bytes: Uint8Array): CID => cidFromDigest(codec, platform.sha256(bytes));

/**
 * The CID that belongs to a digest on chain or in a signature.
 *
 * @param digest the 32-byte SHA-256 of the block
 * @throws TributaryError `dag/digest` if it is not 32 bytes
 */
export function cidFromDigest(codec: Codec, digest: Uint8Array): CID {
  if (digest.length !== 32) {
    throw new TributaryError('dag/digest', `a block's digest is 32 bytes, these are ${digest.length}`);
  }
  return CID.createV1(codes[codec], Digest.create(sha2256, digest));
}

/** The codec of a link. @throws TributaryError `dag/link` unless CIDv1, raw or dag-cbor, sha2-256 */
export function codecOf(cid: CID): Codec {
  // A CID of version 0 has neither of the two codecs.
  const { code, size } = cid.multihash;
  if (code === sha2256 && size === 32) {
    if (cid.code === codes.raw) return 'raw';
    if (cid.code === codes['dag-cbor']) return 'dag-cbor';
  }
  throw new TributaryError(
    'dag/link',
    `${cid.toString()} is not a link of Tributary: use CIDv1 with raw or dag-cbor and sha2-256`,
  );
}

/** The 32-byte SHA-256 that a CID stands for. @throws TributaryError `dag/link` as {@link codecOf} */
export function digestOf(cid: CID): Uint8Array {
  codecOf(cid);
  return cid.multihash.digest;
}

/** Whether these bytes are the block that the link names. @throws TributaryError `dag/link` */
export const isBlockOf = (cid: CID, bytes: Uint8Array): boolean => cidOf(codecOf(cid), bytes).equals(cid);

/**
 * Encodes a value as its one block.
 *
 * @throws TributaryError `dag/float`, `dag/unsupported`, `dag/link`, `dag/too-deep`, `dag/too-big`
 */
export function encodeBlock(value: DagValue): Block {
  assertValue(value, 0);
  const bytes = encode(value);
  assertSize(bytes);
  return { cid: cidOf('dag-cbor', bytes), bytes };
}

/**
 * Decodes a block and refuses every encoding but the canonical one.
 *
 * @throws TributaryError `dag/malformed`, `dag/not-canonical` and those of {@link encodeBlock}
 */
export function decodeBlock(bytes: Uint8Array): DagValue {
  assertSize(bytes);
  assertItems(bytes);
  const value = decodeItems(bytes);
  assertValue(value, 0);
  if (!equalBytes(encode(value), bytes)) {
    throw new TributaryError('dag/not-canonical', 'this block is not in canonical DAG-CBOR: encode it again');
  }
  return value;
}

/** Links are instances of the one CID class: a map that merely looks like one is not. */
export const isLink = (value: unknown): value is CID => value instanceof CID;

/** All links of a value, in the order of its block's bytes. */
export function linksOf(value: DagValue): CID[] {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [];
  if (isLink(value)) return [value];
  if (Array.isArray(value)) return value.flatMap(linksOf);
  return Object.entries(value)
    .sort(byKey)
    .flatMap(([, member]) => linksOf(member));
}

/** Map keys sort by length first, then by bytes. */
function byKey([a]: [string, DagValue], [b]: [string, DagValue]): number {
  const [left, right] = [utf8(a), utf8(b)];
  if (left.length !== right.length) return left.length - right.length;
  const at = left.findIndex((byte, index) => byte !== right[index]);
  return at < 0 ? 0 : (left[at] ?? 0) - (right[at] ?? 0);
}

function decodeItems(bytes: Uint8Array): DagValue {
  try {
    return decode<DagValue>(bytes);
  } catch (cause) {
    throw malformed(cause);
  }
}

/** What the language lets through and DAG-CBOR, or we, do not. */
function assertValue(value: unknown, depth: number): void {
  if (depth > maximumDepth) throw tooDeep();
  if (value === null || typeof value === 'boolean' || value instanceof Uint8Array) return;
  if (typeof value === 'number') return assertInteger(value);
  if (typeof value === 'bigint') return assertWide(value);
  if (typeof value === 'string') return assertText(value);
  if (isLink(value)) return void codecOf(value);
  if (Array.isArray(value)) return value.forEach((item) => assertValue(item, depth + 1));
  if (!isPlain(value)) throw unsupported(`a ${typeof value}`);
  for (const [key, member] of Object.entries(value)) {
    // Assigning the first changes an object's prototype; by the second multiformats takes a map for a CID.
    if (key === '__proto__' || key === '/') throw unsupported(`a key named ${key}`);
    assertText(key);
    assertValue(member, depth + 1);
  }
}

function assertInteger(value: number): void {
  // −0 encodes as 0 and so would not come back.
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) throw float();
}

function assertWide(value: bigint): void {
  if (value < -(2n ** 64n) || value >= 2n ** 64n) throw unsupported('an integer of more than 64 bits');
}

function assertText(text: string): void {
  if (/\p{Surrogate}/u.test(text)) throw unsupported('text with a lone surrogate');
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/**
 * Walks the heads of the items before the decoder sees them: it recurses, takes floats, and reads
 * `undefined` as null. That the lengths fit the bytes it sees itself.
 */
function assertItems(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  /** Items still to come: of the block, which is one item, and of each open list or map. */
  const open = [1];
  let at = 0;
  while (open.length > 0) {
    const { major, argument, next } = readHead(view, at);
    at = next;
    if (major === 6) {
      if (argument !== 42) throw unsupported('a tag other than 42, a link');
      continue; // the tagged item takes its tag's place among its siblings
    }
    const inside = major === 2 || major === 3 ? argument : 0;
    const items = major === 4 ? argument : major === 5 ? argument * 2 : 0;
    at += inside;
    if (items === 0) {
      closeItem(open);
    } else {
      if (open.length > maximumDepth) throw tooDeep();
      open.push(items);
    }
  }
}

function closeItem(open: number[]): void {
  for (;;) {
    const left = (open.pop() ?? 0) - 1;
    if (left > 0) return void open.push(left);
    if (open.length === 0) return;
  }
}

function readHead(view: DataView, at: number): { major: number; argument: number; next: number } {
  if (at >= view.byteLength) throw malformed();
  const head = view.getUint8(at);
  const [major, info] = [head >> 5, head & 31];
  if (major === 7) {
    if (info >= 25 && info <= 27) throw float();
    if (info < 20 || info > 22) throw unsupported('a simple value other than false, true and null');
    return { major, argument: 0, next: at + 1 };
  }
  if (info < 24) return { major, argument: info, next: at + 1 };
  if (info > 27) throw malformed();
  const width = 2 ** (info - 24);
  if (at + 1 + width > view.byteLength) throw malformed();
  let argument = 0;
  for (let i = 1; i <= width; i++) argument = argument * 256 + view.getUint8(at + i);
  return { major, argument, next: at + 1 + width };
}

function assertSize(bytes: Uint8Array): void {
  if (bytes.length > maximumBlockBytes) {
    throw new TributaryError(
      'dag/too-big',
      `a block holds at most ${maximumBlockBytes} bytes, this one has ${bytes.length}: split it, or make it a blob`,
    );
  }
}

const float = () =>
  new TributaryError(
    'dag/float',
    'a block holds no floats: write an integer in a stated unit, a bigint, or decimal text',
  );
const malformed = (cause?: unknown) =>
  new TributaryError('dag/malformed', 'this block is not whole, definite-length DAG-CBOR', { cause });
const unsupported = (what: string) => new TributaryError('dag/unsupported', `a block can not hold ${what}`);
const tooDeep = () =>
  new TributaryError('dag/too-deep', `a block nests at most ${maximumDepth} lists and maps: flatten it`);
