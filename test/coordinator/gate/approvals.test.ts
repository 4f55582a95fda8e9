/** An approval whose signer only the chain can tell, while the chain is away. protocol.md §5.3 */
import { expect } from 'chai';
import { SigningKey } from 'ethers';
import { openChain } from '#contracts/provider.ts';
import { chainGate, gatedCalls } from '#coordinator/gate/chain-gate.ts';
import { approvalChecker } from '#coordinator/settlement/approval.ts';
import { startTestChain } from '#test/support/chain.ts';
import { approvalOf, cohort, digestOfText, honestly } from '../fixtures.ts';
import { serve } from '../http/service.ts';

const members = cohort({ n: 3 });
const approvals = '/v1/jobs/7/rounds/1/attempts/1/approvals';

describe('an approval while the chain is away', function () {
  this.timeout(60_000);

  it('is answered 503 with the time to wait, and soon without asking; the buyer’s own key needs no chain', async () => {
    const chain = await startTestChain();
    const provider = await openChain(chain.url);
    await chain.stop();
    const clock = { now: 0 };
    const gate = chainGate({ failures: 2 }, () => clock.now);
    const state = honestly(members, 'settling');
    const checkApproval = approvalChecker(gatedCalls(provider, gate));
    const service = await serve(members, state, {}, { checkApproval });
    const send = async (key?: SigningKey) => {
      const event = approvalOf(members, state.proposal, key);
      if (event.type !== 'approval') throw new Error('no approval');
      const response = await fetch(`${service.url}${approvals}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(event.upload),
      });
      const { code } = (await response.json()) as { code?: string };
      return [response.status, code, response.headers.get('retry-after')];
    };
    const stranger = new SigningKey(digestOfText('a contract'));
    for (let time = 0; time < 2; time++)
      expect(await send(stranger)).to.deep.equal([503, 'chain/unreachable', '5']);
    expect(await send(stranger)).to.deep.equal([503, 'chain/busy', '10']);
    clock.now += 7_000;
    expect(await send(stranger)).to.deep.equal([503, 'chain/busy', '3']);
    expect(await send()).to.deep.equal([200, undefined, null]);
    await service.stop();
    provider.destroy();
  });
});
