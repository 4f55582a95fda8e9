/** Stays connected to the named peers: dials again whoever is gone, sooner at first, and at once when asked. */
import type { PeerId } from '@libp2p/interface';
import { inTime } from '#protocol/time-limit.ts';
import type { PeeredHelia } from './swarm.ts';
import type { Network, Peer } from './peers.ts';

export type Connections = Readonly<{
  /** Whether some peer is connected, after one more try and a short wait where none is. */
  reach(): Promise<boolean>;
  close(): void;
}>;

type Libp2p = PeeredHelia['libp2p'];

const firstMs = 500;
const longestMs = 5_000;
const dialMs = 5_000;
/** A peer that dials us tries again within this time. */
const comesInMs = longestMs;

export function keepConnected(libp2p: Libp2p, { peers, allowAnyPeer }: Network): Connections {
  const stop = new AbortController();
  const mayComeIn = allowAnyPeer || peers.some(({ addresses }) => addresses.length === 0);
  const kept = peers.filter(({ addresses }) => addresses.length > 0).map((peer) => keep(libp2p, peer, stop));
  const dialAll = () => Promise.all(kept.map(({ dial }) => dial()));
  return {
    async reach() {
      if (libp2p.getConnections().length === 0) await dialAll();
      if (libp2p.getConnections().length === 0 && mayComeIn) await comesIn(libp2p);
      return libp2p.getConnections().length > 0;
    },
    close() {
      stop.abort();
      for (const { cancel } of kept) cancel();
    },
  };
}

function keep(libp2p: Libp2p, { id, addresses }: Peer, stop: AbortController) {
  let timer: NodeJS.Timeout | undefined;
  let pause = firstMs;
  let connectedAt: number | null = null;
  let dialling: Promise<void> | null = null;
  const isConnected = () => libp2p.getConnections(id).length > 0;

  async function dialOnce(): Promise<void> {
    clearTimeout(timer);
    try {
      await inTime(dialMs, [stop.signal], async (signal) => {
        if (!isConnected()) await libp2p.dial([...addresses], { signal });
      });
      connectedAt = Date.now();
    } catch {
      again();
    } finally {
      dialling = null;
    }
  }
  const dial = () => (stop.signal.aborted ? Promise.resolve() : (dialling ??= dialOnce()));
  /** A connection that did not last is a failure too: the peer does not know us. */
  function again(): void {
    const lasted = connectedAt !== null && Date.now() - connectedAt > longestMs;
    pause = lasted ? firstMs : Math.min(pause * 2, longestMs);
    connectedAt = null;
    clearTimeout(timer);
    if (!stop.signal.aborted) timer = setTimeout(() => void dial(), pause);
  }

  const onGone = ({ detail: gone }: { detail: PeerId }) => {
    if (gone.equals(id)) again();
  };
  libp2p.addEventListener('peer:disconnect', onGone);
  void dial();
  return {
    dial,
    cancel: () => {
      clearTimeout(timer);
      libp2p.removeEventListener('peer:disconnect', onGone);
    },
  };
}

/** Resolves when a peer has connected, or after a moment. */
function comesIn(libp2p: Libp2p): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, comesInMs);
    libp2p.addEventListener('peer:connect', done, { once: true });
    function done() {
      clearTimeout(timer);
      libp2p.removeEventListener('peer:connect', done);
      resolve();
    }
  });
}
