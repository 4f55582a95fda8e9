/** What becomes of a request for a block: shared, bounded, and not mistaken for a failure of the disk. */
import { expect } from 'chai';
import type { CID } from 'multiformats/cid';
import { fetchFrom } from '#cli/ipfs/fetch-blocks.ts';
import type { PeeredHelia } from '#cli/ipfs/swarm.ts';
import { cidOf } from '#protocol/dag.ts';

const bytes = Uint8Array.of(1, 2, 3);
const cid = cidOf('raw', bytes);
const connections = { reach: () => Promise.resolve(true) };
const never = new AbortController().signal;

/** A Helia whose blocks come as this says. */
function helia(get: (cid: CID, signal: AbortSignal) => Promise<Uint8Array>) {
  const asked: string[] = [];
  const blockstore = {
    async *get(wanted: CID, { signal }: { signal: AbortSignal }) {
      asked.push(wanted.toString());
      yield await get(wanted, signal);
    },
  };
  return { asked, helia: { blockstore, libp2p: { getPeers: () => [] } } as unknown as PeeredHelia };
}

const untilAborted = (_cid: CID, signal: AbortSignal) =>
  new Promise<Uint8Array>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('aborted')));
  });

const messageOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'nothing thrown',
    (error: unknown) => String(error),
  );

describe('a block that is fetched', () => {
  it('is asked for once, however many wait, and again after that', async () => {
    const made = helia(() => Promise.resolve(bytes));
    const { fetch } = fetchFrom(made.helia, connections);
    expect(await Promise.all([fetch(cid, never), fetch(cid, never)])).to.deep.equal(
      [bytes, bytes].map((part) => Buffer.from(part)),
    );
    expect(made.asked).to.have.length(1);
    await fetch(cid, never);
    expect(made.asked).to.have.length(2);
  });

  it('is given up in the end, even by who would wait for ever', async () => {
    const { fetch } = fetchFrom(helia(untilAborted).helia, connections, 20);
    expect(await messageOf(fetch(cid, never))).to.contain('no peer gave it in time');
  });

  it('goes on for others when one of them leaves', async () => {
    let give: (bytes: Uint8Array) => void = () => undefined;
    const made = helia(() => new Promise((resolve) => (give = resolve)));
    const { fetch } = fetchFrom(made.helia, connections);
    const leaving = new AbortController();
    const [left, stayed] = [fetch(cid, leaving.signal), fetch(cid, never)];
    leaving.abort();
    expect(await messageOf(left)).to.contain('no peer gave it in time');
    expect(await messageOf(fetch(cid, AbortSignal.abort()))).to.contain('no peer gave it in time');
    give(bytes);
    expect(await stayed).to.deep.equal(Buffer.from(bytes));
    expect(made.asked).to.have.length(1);
  });

  it('reaches who waits when it is stored meanwhile', async () => {
    const { fetch, arrived } = fetchFrom(helia(untilAborted).helia, connections);
    const waiting = fetch(cid, never);
    arrived(cid, bytes);
    expect(await waiting).to.equal(bytes);
  });

  it('is not looked for where nobody is connected', async () => {
    const made = helia(untilAborted);
    const { fetch } = fetchFrom(made.helia, { reach: () => Promise.resolve(false) });
    expect(await messageOf(fetch(cid, never))).to.contain('no peer is connected');
    expect(made.asked).to.deep.equal([]);
  });

  it('that could not be kept is a failure of the disk', async () => {
    const full = () => Promise.reject(new Error('ENOSPC: no space left on device'));
    const { fetch } = fetchFrom(helia(full).helia, connections);
    expect(await messageOf(fetch(cid, never))).to.contain('ENOSPC');
  });

  it('is no longer waited for when the node stops', async () => {
    const fetcher = fetchFrom(helia(untilAborted).helia, connections);
    const waiting = messageOf(fetcher.fetch(cid, never));
    await fetcher.close();
    expect(await waiting).to.contain('no peer gave it in time');
  });
});
