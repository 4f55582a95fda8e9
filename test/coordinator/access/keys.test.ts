/** API keys: made, narrowed without the coordinator, listed, revoked with all that was made of them. */
import { expect } from 'chai';
import { SigningKey } from 'ethers';
import { announce } from '#coordinator/round/announced.ts';
import type { Caveat } from '#protocol/access/caveats.ts';
import { attenuate, formatToken, parseToken } from '#protocol/access/token.ts';
import type { WantedKey } from '#protocol/access/wire.ts';
import { toSeconds } from '#protocol/units.ts';
import { cohort, digestOfText } from '#test/support/cohort.ts';
import { codeOf } from '../code-of.ts';
import { rulesOf } from '../fixtures.ts';
import { serve, type Service } from '../http/service.ts';
import { addressOf, signInAs } from './signing-in.ts';

const members = cohort({ n: 3 });
const key = new SigningKey(digestOfText('an account'));
const other = new SigningKey(digestOfText('another account'));
const DAY = 24 * 3600;

describe('an API key', () => {
  let service: Service;
  let token: string;
  before(async () => {
    service = await serve(members, announce(rulesOf(members)));
  });
  beforeEach(async () => {
    token = (await signInAs(service, key)).accessToken;
  });
  after(() => service.stop());

  const pass = (seconds: number) => service.clock.set(toSeconds(service.clock.now() + seconds));
  const wanted = (changes: Partial<WantedKey> = {}): WantedKey => ({
    ...{ name: 'a robot', scopes: ['account:read', 'keys:read'], caveats: [] },
    expiresAt: toSeconds(service.clock.now() + DAY),
    ...changes,
  });
  const make = (changes: Partial<WantedKey> = {}) => service.api.createKey(token, wanted(changes));
  const opens = (text: string) => codeOf(service.api.account(text));

  it('has a name of one line, which a database can keep', async () => {
    for (const name of ['a\u0000b', 'a\nb', 'a\ud800b', '']) {
      expect(await codeOf(make({ name })), JSON.stringify(name)).to.equal('request/schema');
    }
    expect(await make({ name: 'Zoës Maschine – 東京' })).to.have.property('name', 'Zoës Maschine – 東京');
  });

  it('is its maker, for what it was made for, past the sign-in that made it', async () => {
    const made = await make({ caveats: [{ kind: 'job', job: 7 }] });
    expect(made.token).to.match(/^tribk_/);
    pass(DAY);
    expect(await opens(token)).to.equal('auth/expired');
    expect(await service.api.account(made.token)).to.deep.equal({
      subject: addressOf(key),
      credential: 'key',
      scopes: ['account:read', 'keys:read'],
      expiresAt: made.expiresAt,
      caveats: [
        { kind: 'scope', scopes: ['account:read', 'keys:read'] },
        { kind: 'expires', at: made.expiresAt },
        { kind: 'job', job: 7 },
      ],
    });
    pass(1);
    expect(await opens(made.token)).to.equal('auth/expired');
  });

  it('is listed without itself while it is good, and to its maker alone', async () => {
    const mine = new SigningKey(digestOfText('someone with keys'));
    ({ accessToken: token } = await signInAs(service, mine));
    const [first, second] = [
      await make({ name: 'first' }),
      await make({ name: 'second', expiresAt: toSeconds(service.clock.now() + 60) }),
    ];
    const shown = [first, second].map(
      ({ token: hidden, ...view }) => (expect(hidden).to.match(/^tribk_/), view),
    );
    expect((await service.api.keys(token)).toSorted((a, b) => a.name.localeCompare(b.name))).to.deep.equal(
      shown,
    );
    pass(61);
    expect(await service.api.keys(token)).to.deep.equal(shown.slice(0, 1));
    await service.api.revokeKey(token, first.id);
    expect(await service.api.keys(token)).to.deep.equal([]);
    expect(await service.api.keys((await signInAs(service, other)).accessToken)).to.deep.equal([]);
  });

  it('dies with all that was made of it, of it alone', async () => {
    const [made, kept] = [await make(), await make()];
    const child = attenuate(made.token, { kind: 'expires', at: made.expiresAt });
    const grandchild = attenuate(child, { kind: 'scope', scopes: ['account:read'] });
    for (const text of [made.token, child, grandchild]) expect(await opens(text)).to.equal('resolved');
    await service.api.revokeKey(token, made.id);
    for (const text of [made.token, child, grandchild]) expect(await opens(text)).to.equal('auth/revoked');
    expect(await opens(kept.token)).to.equal('resolved');
    await service.api.revokeKey(token, made.id);
  });

  it('is revoked by nobody else', async () => {
    const made = await make();
    const { accessToken } = await signInAs(service, other);
    expect(await codeOf(service.api.revokeKey(accessToken, made.id))).to.equal('auth/unknown-key');
    expect(await codeOf(service.api.revokeKey(token, '0'.repeat(32)))).to.equal('auth/unknown-key');
    const session = Buffer.from(parseToken(token)?.id ?? []).toString('hex');
    expect(await codeOf(service.api.revokeKey(token, session)), 'a sign-in is no key').to.equal(
      'auth/unknown-key',
    );
    expect(await opens(made.token)).to.equal('resolved');
  });

  it('is narrowed by its holder, and only narrowed', async () => {
    const made = await make();
    const narrow = async (...caveats: Caveat[]) => {
      const { scopes, expiresAt } = await service.api.account(attenuate(made.token, ...caveats));
      return { scopes, expiresAt };
    };
    const at = toSeconds(service.clock.now() + 60);
    const whole = { scopes: ['account:read', 'keys:read'], expiresAt: made.expiresAt };
    expect(await narrow({ kind: 'expires', at })).to.deep.equal({ ...whole, expiresAt: at });
    expect(await narrow({ kind: 'expires', at: at + DAY * 9 })).to.deep.equal(whole);
    expect(await narrow({ kind: 'scope', scopes: ['account:read', 'evidence:read'] })).to.deep.equal({
      ...whole,
      scopes: ['account:read'],
    });
    const none = attenuate(made.token, { kind: 'scope', scopes: ['evidence:read'] });
    expect(await opens(none)).to.equal('auth/scope');
    const past = attenuate(made.token, { kind: 'expires', at: service.clock.now() - 1 });
    expect(await opens(past)).to.equal('auth/expired');
  });

  it('that is narrowed to a job, rounds or a dataset opens nothing that is of none', async () => {
    const made = await make({ scopes: ['account:read', 'keys:read', 'keys:write'] });
    const caveats: Caveat[] = [
      { kind: 'job', job: 7 },
      { kind: 'rounds', first: 1, last: 9 },
      { kind: 'dataset', datasets: [1, 2, 3] },
    ];
    for (const caveat of caveats) {
      const narrowed = attenuate(made.token, caveat);
      const refused = await service.api.keys(narrowed).catch((error: unknown) => error);
      expect(refused, caveat.kind).to.include({ code: 'auth/caveat' });
      expect(String(refused)).to.contain(`caveat on ${caveat.kind}`);
      expect(await codeOf(service.api.revokeKey(narrowed, made.id))).to.equal('auth/caveat');
      expect(await opens(narrowed)).to.equal('resolved');
    }
  });

  it('makes no keys, nor does a token that was narrowed, though it be to nothing less', async () => {
    const made = await make({ scopes: ['keys:write'] });
    const narrowed = attenuate(token, { kind: 'expires', at: service.clock.now() + DAY * 9 });
    for (const by of [made.token, narrowed])
      expect(await codeOf(service.api.createKey(by, wanted({ scopes: ['keys:write'] })))).to.equal(
        'auth/narrowed',
      );
  });

  it('is for no more than its maker', async () => {
    const { accessToken } = await signInAs(service, key, ['keys:write', 'account:read']);
    const by = (scopes: WantedKey['scopes']) =>
      codeOf(service.api.createKey(accessToken, wanted({ scopes })));
    expect(await by(['account:read', 'evidence:read'])).to.equal('auth/scope');
    expect(await by(['account:read'])).to.equal('resolved');
  });

  it('ends ahead, within a year and a day', async () => {
    const until = (seconds: number) => codeOf(make({ expiresAt: toSeconds(service.clock.now() + seconds) }));
    expect([await until(1), await until(366 * DAY)]).to.deep.equal(['resolved', 'resolved']);
    expect([await until(0), await until(366 * DAY + 1)]).to.deep.equal(['auth/validity', 'auth/validity']);
  });

  it('is one of a hundred at most', async () => {
    ({ accessToken: token } = await signInAs(service, new SigningKey(digestOfText('a hoarder'))));
    const made = await make();
    for (let count = 1; count < 100; count++) await make();
    expect(await codeOf(make())).to.equal('auth/too-many-keys');
    await service.api.revokeKey(token, made.id);
    expect(await codeOf(make())).to.equal('resolved');
  });

  it('is refused where a bit of it was changed, or a caveat that nobody knows was added', async () => {
    const made = await make();
    const parts = parseToken(made.token);
    if (!parts) throw new Error('no token');
    const flipped = (bytes: Uint8Array) => Uint8Array.from(bytes, (byte, at) => (at === 5 ? byte ^ 1 : byte));
    const forged = [
      { ...parts, tag: flipped(parts.tag) },
      { ...parts, id: flipped(parts.id) },
      { ...parts, kind: 'access' as const },
      { ...parts, caveats: parts.caveats.slice(0, 1) },
      { ...parts, caveats: [...parts.caveats, 'job 7'] },
    ];
    for (const one of forged) expect(await opens(formatToken(one))).to.equal('auth/invalid');
    // As a holder of a later version would, or of none.
    const { hmac } = await import('@noble/hashes/hmac.js');
    const { sha256 } = await import('@noble/hashes/sha2.js');
    const text = 'colour blue';
    const tag = hmac(sha256, parts.tag, new TextEncoder().encode(text));
    const unknown = formatToken({ ...parts, caveats: [...parts.caveats, text], tag });
    const refused = await service.api.account(unknown).catch((error: unknown) => error);
    expect(refused).to.include({ code: 'auth/invalid' });
    expect(String(refused)).to.contain('caveat 3').and.not.contain('colour');
  });

  it('is nothing that a log has seen, nor is any other token', async () => {
    const made = await make();
    const tokens = await signInAs(service, key);
    await opens(`${made.token}x`);
    await opens(attenuate(made.token, { kind: 'expires', at: 1 }));
    await codeOf(service.api.refresh('tribr_x'));
    const logged = JSON.stringify(service.log.lines);
    expect(service.log.lines).not.to.deep.equal([]);
    for (const secret of [made.token, tokens.accessToken, tokens.refreshToken])
      for (const part of [secret, secret.slice(-20), secret.slice(8, 40)])
        expect(logged).not.to.contain(part);
    expect(logged).not.to.match(/trib[kar]_/);
  });
});
