/**
 * The client of an IPFS node: `tributary ipfs start`, or Kubo, by its RPC. The one file that imports
 * ipfs-http-client. protocol.md §6.1
 * The node is not trusted: what it stores and gives is hashed again here, and it gets a bounded time.
 */
import { create } from 'ipfs-http-client';
import type { CID } from 'multiformats/cid';
import { TributaryError } from '#crypto/error.ts';
import { cidOf, codecOf, isBlockOf, maximumBlockBytes, type Codec } from '#protocol/dag.ts';
import { shownUrl } from '#protocol/shown-url.ts';
import type { BlockStore } from './blockstore.ts';
import { ipfsFailure, type Asked } from './ipfs-failure.ts';

export type IpfsOptions = Readonly<{
  /** The longest a node may take for one answer, in milliseconds. */
  timeout?: number;
  /** What is sent with a request, asked when its call is made. */
  headers?: () => Record<string, string>;
}>;

/** A node as a store of blocks. */
export type IpfsStore = BlockStore &
  Readonly<{
    /** The node's own name for its version: shows that it answers. */
    version(): Promise<string>;
  }>;

/**
 * What is used of ipfs-http-client: its own declarations do not resolve in this project, and its CIDs are
 * those of an older multiformats, so CIDs pass as text.
 */
type RpcOptions = Readonly<Record<string, string | number | boolean | AbortSignal>>;
type Rpc = Readonly<{
  version(options: RpcOptions): Promise<{ version: string }>;
  block: Readonly<{
    put(bytes: Uint8Array, options: RpcOptions): Promise<{ toString(): string }>;
    get(cid: string, options: RpcOptions): Promise<Uint8Array>;
  }>;
  pin: Readonly<{ add(cid: string, options: RpcOptions): Promise<unknown> }>;
}>;

/** Kubo refuses larger blocks unless told, since peers do not exchange them. */
const exchangedBlockBytes = 1024 * 1024;

/**
 * Connects to a node's RPC; nothing is sent before the first call.
 *
 * @param url as `http://127.0.0.1:5001`; without a path, `/api/v0` is added
 * @throws TributaryError `ipfs/bad-url`; every call of the store: `ipfs/unreachable`, `ipfs/refused`,
 *   `ipfs/no-space`, `ipfs/not-found`, `ipfs/block-mismatch`, `ipfs/block-too-big`, `dag/link`
 */
export function connectIpfs(
  url: string,
  { timeout = 20_000, headers = () => ({}) }: IpfsOptions = {},
): IpfsStore {
  const client = create({ url: parseUrl(url) }) as Rpc;
  const shown = shownUrl(url);

  /** The node is asked to give up before we do, so that a Kubo says what it misses. */
  const limits = () => ({ signal: AbortSignal.timeout(timeout), timeout: Math.ceil(timeout * 0.8) });

  /** The library sends every option as a parameter of the URL too, but for those that do not enumerate. */
  const withHeaders = (options: RpcOptions): RpcOptions =>
    Object.defineProperty({ ...options, ...limits() }, 'headers', { value: headers(), enumerable: false });

  async function ask<T>(asked: Omit<Asked, 'url'>, call: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await call();
      } catch (cause) {
        // Every call may be repeated, and a connection kept open since the last one may have been closed meanwhile.
        if (tries === 1 && isLostConnection(cause)) continue;
        throw ipfsFailure({ ...asked, url: shown }, cause);
      }
    }
  }

  return {
    version: () =>
      ask({ doing: 'say its version' }, async () => (await client.version(withHeaders({}))).version),

    async put(codec: Codec, bytes: Uint8Array): Promise<CID> {
      assertSize(bytes);
      const expected = cidOf(codec, bytes);
      const options = {
        cidCodec: codec,
        mhtype: 'sha2-256',
        ...(bytes.length > exchangedBlockBytes ? { allowBigBlock: true } : {}),
      };
      const answered = await ask({ doing: `store ${expected.toString()}` }, async () =>
        String(await client.block.put(bytes, withHeaders(options))),
      );
      if (answered !== expected.toString()) throw mismatch(shown, expected, `it says it stored ${answered}`);
      return expected;
    },

    async get(cid: CID): Promise<Uint8Array> {
      codecOf(cid);
      const bytes = await ask({ doing: `give ${cid.toString()}`, cid }, () =>
        client.block.get(cid.toString(), withHeaders({})),
      );
      assertSize(bytes);
      if (!isBlockOf(cid, bytes)) throw mismatch(shown, cid, 'it gave other bytes');
      return bytes;
    },

    async pin(cid: CID): Promise<void> {
      codecOf(cid);
      await ask({ doing: `pin ${cid.toString()}`, cid }, () =>
        client.pin.add(cid.toString(), withHeaders({})),
      );
    },
  };
}

/** fetch throws a bare TypeError when there was no answer at all. */
const isLostConnection = (error: unknown): boolean => error instanceof TypeError;

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new TributaryError(
    'ipfs/bad-url',
    `"${text}" is not the URL of an IPFS node's RPC: write it as http://127.0.0.1:5001`,
  );
}

function assertSize(bytes: Uint8Array): void {
  if (bytes.length <= maximumBlockBytes) return;
  throw new TributaryError(
    'ipfs/block-too-big',
    `a block holds at most ${maximumBlockBytes} bytes, this one has ${bytes.length}: store it as a blob`,
  );
}

function mismatch(url: string, cid: CID, why: string): TributaryError {
  return new TributaryError(
    'ipfs/block-mismatch',
    `the IPFS node at ${url} has not got ${cid.toString()} right, ${why}: ` +
      'its disk or the node itself is damaged; use another node, or import the block again from a CAR',
  );
}
