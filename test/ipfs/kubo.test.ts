import { connectIpfs } from '#datasets/ipfs.ts';
import { findKubo } from '#test/support/ipfs.ts';
import { behavesAsBlockStore } from './store-suite.ts';

describe('a Kubo daemon', () => {
  let kubo: Awaited<ReturnType<typeof findKubo>> = null;

  before(async function () {
    kubo = await findKubo();
    if (kubo === null) {
      console.log('skipped: no Kubo daemon (set KUBO_RPC_URL)');
      this.skip();
    }
  });
  after(() => kubo?.stop());

  // A Kubo that is online looks for a missing block until its time is up.
  behavesAsBlockStore(() => connectIpfs(kubo?.url ?? '', { timeout: 5_000 }));
});
