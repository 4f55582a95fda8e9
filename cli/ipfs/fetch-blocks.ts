/**
 * Blocks that a node lacks, from its peers: asked for once however many callers wait, hashed by Helia, and on
 * disk before anybody has them. protocol.md §6.1
 */
import type { CID } from 'multiformats/cid';
import { inTime, timeLimit } from '#protocol/time-limit.ts';
import type { Connections } from './keep-connected.ts';
import { unfetchedBlock } from './rpc-error.ts';
import type { PeeredHelia } from './swarm.ts';

export type Fetcher = Readonly<{
  /**
   * @param signal when the caller gives up; the block may still come, for the next one
   * @throws RpcError if no peer is there or none gives it in time
   */
  fetch(cid: CID, signal: AbortSignal): Promise<Uint8Array>;
  /** The block has come another way: whoever waits for it gets it. */
  arrived(cid: CID, bytes: Uint8Array): void;
  close(): Promise<void>;
}>;

type Flight = Readonly<{ block: Promise<Uint8Array>; land(bytes: Uint8Array): void }>;

/** A peer that has a block gives it sooner. */
const answerMs = 30_000;
const againMs = 1_000;

/** @param patience how long a block is asked for, in milliseconds, whoever waits for it */
export function fetchFrom(
  helia: PeeredHelia,
  connections: Pick<Connections, 'reach'>,
  patience = answerMs,
): Fetcher {
  const flights = new Map<string, Flight>();
  const stop = new AbortController();

  async function ask(cid: CID, landed: AbortSignal): Promise<Uint8Array> {
    if (!(await connections.reach())) throw unfetchedBlock(cid, 'no peer is connected');
    const { signal, end } = timeLimit(patience, landed, stop.signal);
    const again = setInterval(() => void askAgain(cid, signal), againMs);
    try {
      // The node may have been stopped, or the block have come, while peers were dialled.
      signal.throwIfAborted();
      return await gather(helia.blockstore.get(cid, { signal }));
    } catch (error) {
      throw signal.aborted ? unfetchedBlock(cid, 'no peer gave it in time') : error;
    } finally {
      clearInterval(again);
      end();
    }
  }

  /**
   * A peer that got the block after it was asked tells so before it has stored it, and one that sent it once
   * does not soon send it again: asked again, it looks again. The answer reaches the first request too.
   */
  async function askAgain(cid: CID, signal: AbortSignal): Promise<void> {
    const providers = helia.libp2p.getPeers().map((id) => id.toCID());
    if (providers.length === 0) return;
    const session = helia.blockstore.createSession(cid, { providers, maxProviders: providers.length });
    try {
      await inTime(againMs, [signal], (soon) => gather(session.get(cid, { signal: soon })));
    } catch {
      // It is the first request that fails or not.
    } finally {
      session.close();
    }
  }

  function start(cid: CID): Flight {
    const landing = new AbortController();
    let land: (bytes: Uint8Array) => void = () => undefined;
    const landed = new Promise<Uint8Array>((resolve) => (land = resolve));
    const block = Promise.race([landed, ask(cid, landing.signal)]);
    const forget = () => void flights.delete(cid.toString());
    block.then(forget, forget);
    return {
      block,
      land(bytes) {
        land(bytes);
        landing.abort();
      },
    };
  }

  return {
    fetch(cid, signal) {
      const flight = flights.get(cid.toString()) ?? start(cid);
      flights.set(cid.toString(), flight);
      return unlessAborted(flight.block, signal, () => unfetchedBlock(cid, 'no peer gave it in time'));
    },
    arrived: (cid, bytes) => flights.get(cid.toString())?.land(bytes),
    async close() {
      stop.abort();
      await Promise.allSettled([...flights.values()].map(({ block }) => block));
    },
  };
}

async function gather(parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Uint8Array> {
  const gathered: Uint8Array[] = [];
  for await (const part of parts) gathered.push(part);
  return Buffer.concat(gathered);
}

/** The promise, or this error as soon as the signal aborts. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal, why: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const give = () => reject(why());
    if (signal.aborted) give();
    signal.addEventListener('abort', give, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', give));
  });
}
