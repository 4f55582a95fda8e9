/** What a coordinator stands on: its database, the chain, IPFS, room on its disk. docs/operations-observability.md */
import { statfs } from 'node:fs/promises';
import type { Provider } from 'ethers';
import { latestTime } from '#contracts/chain-time.ts';
import { LOCAL_CHAIN } from '#contracts/provider.ts';
import { TributaryError } from '#crypto/error.ts';
import type { IpfsStore } from '#datasets/ipfs.ts';
import type { Clock } from '../driver/clock.ts';
import type { Blobs } from '../blobs/blobs.ts';
import type { Database } from '../store/database.ts';
import type { Part } from './readiness.ts';

const TIMEOUT_MILLIS = 2_000;

/** Ethereum's slot (https://eips.ethereum.org/EIPS/eip-3675), and our local chain's block time. */
const BLOCK_SECONDS = 12;
const LOCAL_BLOCK_SECONDS = 1;
/** Blocks may fail to come now and then; so many in a row do not. */
const MOST_MISSED_BLOCKS = 20;

export const databasePart = (database: Pick<Database, 'query'>): Part => ({
  name: 'database',
  timeoutMillis: TIMEOUT_MILLIS,
  check: async () => void (await database.query('select 1', [])),
});

/** @throws in its check, TributaryError `chain/unreachable`, `chain/stale` */
export function chainPart(provider: Provider, chainId: number, clock: Pick<Clock, 'now'>): Part {
  const oldest = MOST_MISSED_BLOCKS * (chainId === LOCAL_CHAIN ? LOCAL_BLOCK_SECONDS : BLOCK_SECONDS);
  return {
    name: 'chain',
    timeoutMillis: TIMEOUT_MILLIS,
    async check() {
      const age = clock.now() - (await latestTime({ provider }));
      if (age <= oldest) return;
      throw new TributaryError('chain/stale', `the latest block is ${age} s old, more than ${oldest}`);
    },
  };
}

export const ipfsPart = (ipfs: Pick<IpfsStore, 'version'>): Part => ({
  name: 'ipfs',
  timeoutMillis: TIMEOUT_MILLIS,
  check: async () => void (await ipfs.version()),
});

/** @throws in its check, TributaryError `storage/low` */
export const diskPart = (folder: string, leastBytes: () => number): Part => ({
  name: 'disk',
  timeoutMillis: TIMEOUT_MILLIS,
  async check() {
    const { bavail, bsize } = await statfs(folder);
    assertFree(bavail * bsize, leastBytes());
  },
});

/** Where masked inputs and evidence are. @throws in its check, TributaryError `storage/low`, and those of the place */
export const blobsPart = (blobs: Pick<Blobs, 'look' | 'free'>, leastBytes: () => number): Part => ({
  name: 'blobs',
  timeoutMillis: TIMEOUT_MILLIS,
  async check() {
    await blobs.look();
    assertFree((await blobs.free()) ?? Infinity, leastBytes());
  },
});

function assertFree(free: number, least: number): void {
  if (free >= least) return;
  throw new TributaryError('storage/low', `${free} bytes are free on the disk, less than ${least}`);
}
