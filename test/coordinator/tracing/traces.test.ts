/** One trace from a client's call over the coordinator's log and refusals to the chain and IPFS. https://www.w3.org/TR/trace-context/ */
import { expect } from 'chai';
import { SigningKey } from 'ethers';
import { openChain } from '#contracts/provider.ts';
import { approvalChecker } from '#coordinator/settlement/approval.ts';
import { currentTrace, follow, traceHeaders, tracedLog, untracedClock } from '#coordinator/tracing/traces.ts';
import { connectIpfs } from '#datasets/ipfs.ts';
import { newTrace, parseTraceparent } from '#protocol/http/traceparent.ts';
import { startTestChain, type TestChain } from '#test/support/chain.ts';
import { startHeaderProxy, type HeaderProxy, type Seen } from '#test/support/header-proxy.ts';
import { startIpfsProcess, removeFolder, temporaryFolder } from '#test/support/ipfs.ts';
import { cohort } from '#test/support/cohort.ts';
import { manualClock, memoryLog } from '../fakes.ts';
import { approvalOf, digestOfText, honestly } from '../fixtures.ts';
import { serve } from '../http/service.ts';

const traceOf = ({ headers }: Pick<Seen, 'headers'>): string | undefined => {
  const { traceparent } = headers;
  return parseTraceparent(String(traceparent))?.traceId;
};

describe('a trace', function () {
  this.timeout(60_000);
  let chain: TestChain;
  let rpc: HeaderProxy;
  before(async () => {
    chain = await startTestChain();
    rpc = await startHeaderProxy(chain.url);
  });
  after(async () => {
    await rpc.stop();
    await chain.stop();
  });

  it('goes with each call to the chain, though calls are queued and sent together', async () => {
    const provider = await openChain(rpc.url, { headers: traceHeaders });
    const traces = Array.from({ length: 5 }, newTrace);
    const account = (index: number) => `0x${String(index).repeat(40)}`;
    await Promise.all([
      provider.getBalance(account(9)),
      ...traces.map((trace, index) => follow(trace, () => provider.getBalance(account(index)))),
    ]);
    const asked = (index: number) => rpc.seen.filter(({ body }) => body.includes(account(index)));
    expect(traces.map((_, index) => asked(index).map(traceOf))).to.deep.equal(
      traces.map(({ traceId }) => [traceId]),
    );
    // What nobody asked for belongs to no trace.
    expect(asked(9).map(({ headers }) => headers['traceparent'])).to.deep.equal([undefined]);
    provider.destroy();
  });

  it('goes with each call to the IPFS node', async () => {
    const folder = temporaryFolder();
    const node = await startIpfsProcess(folder);
    const proxy = await startHeaderProxy(node.url);
    const store = connectIpfs(proxy.url, { headers: traceHeaders });
    const [one, other] = [newTrace(), newTrace()];
    const cid = await follow(one, () => store.put('raw', Uint8Array.of(1, 2, 3)));
    await follow(other, () => store.get(cid));
    await store.pin(cid);
    expect(proxy.seen.map(traceOf)).to.deep.equal([one.traceId, other.traceId, undefined]);
    await proxy.stop();
    await node.stop();
    removeFolder(folder);
  });

  it('is the client’s own from its call to the chain, in the refusal and in the log', async () => {
    const members = cohort({ n: 3 });
    const state = honestly(members, 'settling');
    const provider = await openChain(rpc.url, { headers: traceHeaders });
    const log = memoryLog();
    const service = await serve(
      members,
      state,
      {},
      {
        checkApproval: approvalChecker(provider),
        log: tracedLog(log),
      },
    );
    const approval = approvalOf(members, state.proposal, new SigningKey(digestOfText('somebody else')));
    if (approval.type !== 'approval') throw new Error('no approval');
    const path = '/v1/jobs/7/rounds/1/attempts/1/approvals';
    const before = rpc.seen.length;
    const trace = newTrace();
    const response = await fetch(`${service.url}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        traceparent: `00-${trace.traceId}-${'1'.repeat(16)}-01`,
      },
      body: JSON.stringify(approval.upload),
    });
    expect(await response.json()).to.include({ code: 'message/bad-signature', traceId: trace.traceId });
    const calls = rpc.seen.slice(before);
    expect(calls.map(traceOf)).to.deep.equal(calls.map(() => trace.traceId));
    expect(calls.filter(({ body }) => body.includes('eth_call'))).to.have.length(1);
    expect(log.lines.at(-1)?.facts).to.include({ code: 'message/bad-signature', traceId: trace.traceId });
    await service.stop();
    provider.destroy();
  });

  it('begins with each call of the typed client, and with a request that has none', async () => {
    const members = cohort({ n: 3 });
    const log = memoryLog();
    const service = await serve(members, honestly(members, 'masking'), {}, { log: tracedLog(log) });
    for (let time = 0; time < 2; time++) await service.api.job(8).catch(() => undefined);
    await (await fetch(`${service.url}/v1/jobs/8`, { headers: { traceparent: 'none' } })).text();
    const ids = log.lines.map(({ facts }) => ('traceId' in facts ? facts.traceId : ''));
    expect(ids).to.have.length(3);
    for (const traceId of ids) expect(traceId).to.match(/^[0-9a-f]{32}$/);
    expect(new Set(ids).size).to.equal(3);
    await service.stop();
  });

  it('does not go on with a timer that was set in it', async () => {
    const clock = manualClock();
    let found: unknown = 'not run';
    follow(newTrace(), () => untracedClock(clock).after(5, () => (found = currentTrace())));
    await clock.advance(5);
    expect(found).to.equal(null);
  });
});
