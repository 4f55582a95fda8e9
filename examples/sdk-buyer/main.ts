/**
 * A buyer approves what waits for it, of all its jobs at one coordinator. The key is in BUYER_KEY for the example's sake.
 * A signature shortens a round's challenge window: sign only what was recomputed, as `buyer watch` does.
 *
 *   BUYER_KEY=0x… node main.js http://127.0.0.1:7070
 */
import { SigningKey } from 'ethers';
import { coordinatorApi, settlementTermsOf, signTyped, TributaryError, type JobView } from 'tributary/sdk';

const [url = ''] = process.argv.slice(2);
const key = new SigningKey(process.env['BUYER_KEY'] ?? '');
const api = coordinatorApi(url);
const { chainId, escrow } = await api.status();

async function* allJobs(): AsyncGenerator<JobView> {
  for (let after: number | null = 0; after !== null;) {
    const page = await api.jobs(after);
    yield* page.jobs;
    after = page.next;
  }
}

for await (const { job, round, attempt, state } of allJobs()) {
  if (state !== 'active') continue;
  const id = { job, round, attempt };
  const view = await api.attempt(id);
  if (view.phase !== 'settling') continue;
  const message = settlementTermsOf(id, view.proposal);
  const signature = signTyped(key, { chainId, escrow }, 'Approval', message);
  try {
    await api.approve(id, { message, signature });
    console.log(JSON.stringify({ event: 'approved', ...id, total: view.proposal.total }));
  } catch (error) {
    // Another buyer's job, or a phase that has just ended: each refusal has a code.
    if (!(error instanceof TributaryError)) throw error;
    console.log(JSON.stringify({ event: 'refused', ...id, code: error.code }));
  }
}
