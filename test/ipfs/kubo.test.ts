/** The suite of our own node on a real Kubo, where the machine has one. */
import { findKubo, type Kubo } from '#test/support/ipfs.ts';
import { behavesAsBlockStore } from './store-suite.ts';

describe('a Kubo daemon', () => {
  let kubo: Kubo | undefined;

  before(async function () {
    this.timeout(60_000);
    const found = await findKubo();
    if ('skipped' in found) {
      console.log(`skipped: ${found.skipped}`);
      this.skip();
    }
    kubo = found;
  });
  after(() => kubo?.stop());

  behavesAsBlockStore(() => kubo?.url ?? '', 5_000);
});
