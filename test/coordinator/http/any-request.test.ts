/** Whatever is sent, the answer is none of 5xx, and is one that the document has; what it admits is what is taken. */
import { Agent, request } from 'node:http';
import { expect } from 'chai';
import fc from 'fast-check';
import { signedInput } from '#protocol/messages.ts';
import { cohort } from '#test/support/cohort.ts';
import { document } from '#test/support/documented/document.ts';
import { requests, type Bent, type Corpus } from '#test/support/documented/requests.ts';
import { patience, runs } from '#test/support/runs.ts';
import { honestly } from '../fixtures.ts';
import { serve } from './service.ts';

const members = cohort({ n: 4 });
const [enrol, confirm] = [members.enrolments[1], members.confirmations[1]];
const evidence = document.components.schemas['SignedEvidenceRequest']?.examples?.[0];
const path = { job: '7', round: '1', attempt: '1', member: '1', key: '0f'.repeat(16) };
const upload = signedInput.parse(members.inputs[1]);
const bodies = { enrol, confirm, evidence, upload, share: members.shares[1] };
const corpus: Corpus = {
  known: Object.fromEntries(Object.entries(bodies).map(([id, body]) => [id, [{ path, body }]])),
  paths: [path],
  authorizations: [],
};

function send(agent: Agent, url: string, { method, path, headers, body }: Bent): Promise<number> {
  return new Promise((resolve, reject) => {
    // Node itself says no length of what DELETE sends.
    const framed = { ...headers, 'content-length': Buffer.byteLength(body) };
    const sending = request(`${url}${path}`, { agent, method, headers: framed }, (response) => {
      response.resume();
      response.on('close', () => resolve(response.statusCode ?? 0));
    });
    sending.on('error', reject);
    sending.setTimeout(10_000, () => sending.destroy(new Error('no answer')));
    sending.end(body);
  });
}

describe('any request', function () {
  this.timeout(patience(60_000));

  for (const phase of ['masking', 'confirming', 'settling'] as const)
    it(`is answered as the document says, while an attempt is ${phase}`, async () => {
      const service = await serve(members, honestly(members, phase));
      // Its database opens when it is first asked, which on a busy machine takes longer than an answer may.
      await service.api.nonce();
      const agent = new Agent({ keepAlive: true });
      const seen = new Set<number>();
      const answered = fc.asyncProperty(requests(corpus), async (bent) => {
        const status = await send(agent, service.url, bent);
        seen.add(status);
        expect(status, JSON.stringify(bent).slice(0, 1_000)).to.be.within(200, 499);
      });
      await fc.assert(answered, { numRuns: runs(200, 7_000), seed: 8 });
      agent.destroy();
      await service.stop();
      expect([...seen]).to.include.members([200, 400, 401, 405, 406, 415]);
    });
});
