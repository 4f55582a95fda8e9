/** Evidence by a token: for whom a signed request would have to be of, and for what its caveats leave open. */
import { expect } from 'chai';
import { SigningKey } from 'ethers';
import { writeBlock } from '#datasets/read-block.ts';
import { scratchStore } from '#datasets/scratch-store.ts';
import { digestHex } from '#model/model-store.ts';
import type { Caveat } from '#protocol/access/caveats.ts';
import { attenuate } from '#protocol/access/token.ts';
import { evidenceByDefault } from '#protocol/evidence-terms.ts';
import type { EvidenceRequest } from '#protocol/messages.ts';
import { signTyped } from '#protocol/signature.ts';
import { toSeconds } from '#protocol/units.ts';
import { cohort, operatorKey } from '#test/support/cohort.ts';
import { addressOf, signInAs } from '../access/signing-in.ts';
import { buyerKey, digestOfText, domain, honestly, rulesOf } from '../fixtures.ts';
import { codeOf } from '../code-of.ts';
import { serve, type Service } from './service.ts';

const members = cohort({ n: 3 });
const { id } = members;
const block = { kind: 'tributary/test' };
const named = (name: string) => new SigningKey(digestOfText(name));
const [arbiter, owner, absent] = [
  named('arbiter'),
  named('owner'),
  named('an owner whose seat did not enrol'),
];

describe('evidence by a token', () => {
  let service: Service;
  let datasets: number[];
  before(async () => {
    const root = await writeBlock(scratchStore(), block);
    const rules = rulesOf(members, { evidence: { ...evidenceByDefault, readers: [addressOf(arbiter)] } });
    const seats = rules.seats.map((seat, at) => (at === 1 ? { ...seat, owner: addressOf(owner) } : seat));
    const late = { ...seats[0]!, dataset: 99, owner: addressOf(absent), operator: addressOf(named('late')) };
    const settling = honestly(members, 'settling', { ...rules, seats: [...seats, late] });
    datasets = seats.map(({ dataset }) => dataset);
    service = await serve(members, {
      ...settling,
      proposal: { ...settling.proposal, evidence: digestHex(root) },
    });
    await writeBlock(service.evidence(id), block);
  });
  after(() => service.stop());

  async function read(by: Parameters<Service['api']['evidence']>[1], of = id): Promise<number> {
    let bytes = 0;
    for await (const piece of service.api.evidence(of, by, 1_000, new AbortController().signal))
      bytes += piece.length;
    return bytes;
  }
  const tokenOf = async (key: SigningKey) => (await signInAs(service, key)).accessToken;
  const codeFor = (token: string, of = id) => codeOf(read({ token }, of));

  it('is given to members by operator or owner, to the buyer and to readers', async () => {
    for (const key of [operatorKey(0), owner, buyerKey, arbiter])
      expect(await read({ token: await tokenOf(key) })).to.be.greaterThan(0);
  });

  it('is given to the owner of a member for its signed request too', async () => {
    const message: EvidenceRequest = {
      ...id,
      requester: addressOf(owner),
      deadline: toSeconds(service.clock.now() + 600),
    };
    expect(
      await read({ message, signature: signTyped(owner, domain, 'EvidenceRequest', message) }),
    ).to.be.greaterThan(0);
  });

  it('is given to nobody else, whatever its token', async () => {
    for (const key of [named('stranger'), absent, named('late')])
      expect(await codeFor(await tokenOf(key))).to.equal('evidence/forbidden');
  });

  it('is kept from a token for something else', async () => {
    const { accessToken } = await signInAs(service, buyerKey, ['account:read', 'keys:write']);
    expect(await codeFor(accessToken)).to.equal('auth/scope');
  });

  it('is given as far as the caveats of a key leave it open', async () => {
    const { token } = await service.api.createKey(await tokenOf(buyerKey), {
      ...{ name: 'auditor', scopes: ['evidence:read'], caveats: [] },
      expiresAt: toSeconds(service.clock.now() + 3600),
    });
    const with_ = (...caveats: Caveat[]) => codeFor(attenuate(token, ...caveats));
    const all: Caveat = { kind: 'dataset', datasets };
    for (const open of [
      [{ kind: 'job', job: 7 }],
      [{ kind: 'rounds', first: 1, last: 1 }],
      [{ kind: 'rounds', first: 1, last: 9 }, all],
      [{ kind: 'dataset', datasets: [...datasets, 4_000] }],
      [{ kind: 'expires', at: service.clock.now() }],
    ] satisfies Caveat[][])
      expect(await with_(...open), JSON.stringify(open)).to.equal('resolved');
    for (const closed of [
      [{ kind: 'job', job: 8 }],
      [
        { kind: 'job', job: 7 },
        { kind: 'job', job: 8 },
      ],
      [{ kind: 'rounds', first: 2, last: 9 }],
      [{ kind: 'rounds', first: 5, last: 1 }],
      // The evidence is of all members together, so of no dataset alone.
      [{ kind: 'dataset', datasets: datasets.slice(1) }],
      [all, { kind: 'dataset', datasets: [4_000] }],
    ] satisfies Caveat[][])
      expect(await with_(...closed), JSON.stringify(closed)).to.equal('auth/caveat');
  });

  it('says how one would be believed, and nothing of the token', async () => {
    const path = `${service.url}/v1/jobs/7/rounds/1/attempts/1/evidence`;
    const refused = async (authorization?: string) => {
      const response = await fetch(path, { headers: authorization === undefined ? {} : { authorization } });
      const { code } = (await response.json()) as { code: string };
      return [response.status, code, response.headers.get('www-authenticate')];
    };
    const both = (error = '') => `Bearer realm="tributary"${error}, Tributary`;
    expect(await refused()).to.deep.equal([401, 'auth/missing', both()]);
    expect(await refused('Basic dTpw')).to.deep.equal([401, 'auth/missing', both()]);
    expect(await refused('Bearer')).to.deep.equal([401, 'auth/invalid', both(', error="invalid_token"')]);
    expect(await refused('bearer x')).to.deep.equal([401, 'auth/invalid', both(', error="invalid_token"')]);
    const { accessToken } = await signInAs(service, buyerKey, ['account:read']);
    expect(await refused(`Bearer ${accessToken}`)).to.deep.equal([
      ...[403, 'auth/scope', both(', error="insufficient_scope", scope="evidence:read"')],
    ]);
  });
});
