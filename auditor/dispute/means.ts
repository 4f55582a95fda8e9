/**
 * Whether what a judge itself works with is at hand. Evidence that can't be fetched speaks against who posted the round
 * only if the same node gives what it should: a block of its own, and the job's terms, which every party has had.
 * protocol.md §5.6
 */
import type { CID } from 'multiformats/cid';
import { TributaryError } from '#crypto/error.ts';
import { utf8 } from '#crypto/bytes.ts';
import type { BlockSource, BlockStore } from '#datasets/blockstore.ts';

/** Kept and asked for again: a node that can't do that is no witness of what is missing. */
const ownBlock = utf8('tributary: a block that this node was given');

/** @returns why the node says nothing about what is missing; null where it does */
export async function awayReason(store: BlockStore, terms: CID): Promise<string | null> {
  return (
    (await failing('the IPFS node keeps no block', async () =>
      store.get(await store.put('raw', ownBlock)),
    )) ?? (await failing("the job's terms can not be had from the IPFS node", () => store.get(terms)))
  );
}

async function failing(what: string, step: () => Promise<unknown>): Promise<string | null> {
  try {
    await step();
    return null;
  } catch (error) {
    if (!(error instanceof TributaryError)) throw error;
    return `${what}: ${error.message} (${error.code})`;
  }
}

/** A source that notes what it could not give, and why. */
export type Witness = Readonly<{
  source: BlockSource;
  missing: () => string | null;
  away: () => string | null;
}>;

const lacks = /\/not-found$/;

/** Errors go on to the reader, who makes findings of them. */
export function witness(source: BlockSource): Witness {
  let [missing, away]: (string | null)[] = [null, null];
  return {
    missing: () => missing ?? null,
    away: () => away ?? null,
    source: {
      async get(cid) {
        try {
          return await source.get(cid);
        } catch (error) {
          if (!(error instanceof TributaryError)) throw error;
          const text = `${error.message} (${error.code})`;
          if (lacks.test(error.code)) missing ??= text;
          else away ??= text;
          throw error;
        }
      },
    },
  };
}
