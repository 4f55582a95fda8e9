/**
 * A block source that knows where in the lineage each block belongs, so that any reader's failure names the
 * exact link. protocol.md §6.1
 * Places are learnt on the way: reading a block gives a place to everything that it links to. Every block is
 * hashed again here, whatever the source promises.
 */
import { CID } from 'multiformats/cid';
import { TributaryError } from '#crypto/error.ts';
import { codecOf, decodeBlock, isBlockOf, type DagValue } from '#protocol/dag.ts';
import type { BlockSource } from '#datasets/blockstore.ts';
import { BrokenLink, type LinkCode } from './broken-link.ts';

export type NamedSource = BlockSource &
  Readonly<{
    /** Says where a block belongs that no other block links to; the first name stays. */
    name(cid: CID, place: string): void;
    placeOf(cid: CID): string;
  }>;

/** Codes by which sources say that they have not got a block, or have got it wrong. */
const missing = /\/not-found$/;
const altered = /\/block-mismatch$/;

const reasons: Readonly<Record<LinkCode, (cause: unknown) => string>> = {
  'link/missing': () => 'this copy has no such block: get a whole one',
  'link/altered': () => 'its bytes are not those that the link names',
  'link/malformed': (cause) => (cause instanceof Error ? cause.message : 'it is no block of DAG-CBOR'),
};

/** A link with its place below the block that holds it: `weights`, `chunk 0`, `dataset 2 → descriptor`. */
type Step = Readonly<{ cid: CID; path: string }>;

export function namedSource(source: BlockSource): NamedSource {
  const places = new Map<string, string>();
  const placeOf = (cid: CID): string => places.get(cid.toString()) ?? cid.toString();
  const name = (cid: CID, place: string): void => {
    if (!places.has(cid.toString())) places.set(cid.toString(), place);
  };

  async function read(cid: CID): Promise<Uint8Array> {
    try {
      return await source.get(cid);
    } catch (cause) {
      if (!(cause instanceof TributaryError)) throw cause;
      if (missing.test(cause.code)) throw broken('link/missing', cid, cause);
      if (altered.test(cause.code)) throw broken('link/altered', cid, cause);
      throw cause;
    }
  }

  const broken = (code: LinkCode, cid: CID, cause?: unknown): BrokenLink =>
    new BrokenLink(code, `${placeOf(cid)} (${cid.toString()})`, reasons[code](cause), { cause });

  return {
    name,
    placeOf,
    async get(cid) {
      const bytes = await read(cid);
      if (!isBlockOf(cid, bytes)) throw broken('link/altered', cid);
      if (codecOf(cid) === 'raw') return bytes;
      let value: DagValue;
      try {
        value = decodeBlock(bytes);
      } catch (cause) {
        throw broken('link/malformed', cid, cause);
      }
      for (const { cid: linked, path } of stepsOf(value, '')) name(linked, `${placeOf(cid)} → ${path}`);
      return bytes;
    },
  };
}

/** All links of a value with the keys that lead to them. */
export function stepsOf(value: DagValue, path: string): Step[] {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [];
  if (value instanceof CID) return [{ cid: value, path }];
  if (Array.isArray(value))
    return value.flatMap((item: DagValue, index) => stepsOf(item, itemOf(path, index)));
  return Object.entries(value).flatMap(([key, member]) =>
    stepsOf(member, path === '' ? key : `${path} → ${key}`),
  );
}

/** `chunks` with index 0 is `chunk 0`. */
const itemOf = (list: string, index: number): string => `${list.replace(/s$/, '')} ${index}`;
