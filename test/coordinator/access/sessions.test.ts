/** The life of a sign-in: refreshed, ended, stolen. RFC 6819 §5.2.2.3 */
import { expect } from 'chai';
import { SigningKey } from 'ethers';
import { announce } from '#coordinator/round/announced.ts';
import { attenuate } from '#protocol/access/token.ts';
import { toSeconds } from '#protocol/units.ts';
import { cohort, digestOfText } from '#test/support/cohort.ts';
import { codeOf } from '../code-of.ts';
import { rulesOf } from '../fixtures.ts';
import { serve, type Service } from '../http/service.ts';
import { signInAs } from './signing-in.ts';

const members = cohort({ n: 3 });
const key = new SigningKey(digestOfText('an account'));
const DAYS_30 = 30 * 24 * 3600;

describe('a sign-in', () => {
  let service: Service;
  before(async () => {
    service = await serve(members, announce(rulesOf(members)));
  });
  after(() => service.stop());

  const pass = (seconds: number) => service.clock.set(toSeconds(service.clock.now() + seconds));
  const opens = (token: string) => codeOf(service.api.account(token));

  it('is refreshed with a token that is used up, and with the scopes that it had', async () => {
    const first = await signInAs(service, key, ['account:read']);
    pass(901);
    expect(await opens(first.accessToken)).to.equal('auth/expired');
    const second = await service.api.refresh(first.refreshToken);
    expect(second.refreshToken).not.to.equal(first.refreshToken);
    expect(second).to.include({ expiresAt: service.clock.now() + 900, refreshUntil: first.refreshUntil });
    expect(second.scopes).to.deep.equal(['account:read']);
    expect(await opens(second.accessToken)).to.equal('resolved');
  });

  it('is open to its last second', async () => {
    const { accessToken } = await signInAs(service, key);
    pass(900);
    expect(await opens(accessToken)).to.equal('resolved');
    pass(1);
    expect(await opens(accessToken)).to.equal('auth/expired');
  });

  it('is over for everyone once a refresh token is used a second time', async () => {
    const first = await signInAs(service, key);
    const second = await service.api.refresh(first.refreshToken);
    expect(await codeOf(service.api.refresh(first.refreshToken))).to.equal('auth/refresh');
    for (const { accessToken } of [first, second]) expect(await opens(accessToken)).to.equal('auth/revoked');
    expect(await codeOf(service.api.refresh(second.refreshToken))).to.equal('auth/refresh');
  });

  it('gives one answer to two who refresh at the same time, and is over', async () => {
    const { refreshToken } = await signInAs(service, key);
    const codes = await Promise.all([1, 2, 3].map(() => codeOf(service.api.refresh(refreshToken))));
    expect(codes.sort()).to.deep.equal(['auth/refresh', 'auth/refresh', 'resolved']);
  });

  it('ends when that is asked for, with what was made of its tokens, and no other', async () => {
    const [mine, other] = [await signInAs(service, key), await signInAs(service, key)];
    const narrowed = attenuate(mine.accessToken, { kind: 'job', job: 7 });
    const { refreshToken } = await service.api.refresh(mine.refreshToken);
    await service.api.signOut(mine.refreshToken);
    for (const token of [mine.accessToken, narrowed]) expect(await opens(token)).to.equal('auth/revoked');
    expect(await codeOf(service.api.refresh(refreshToken))).to.equal('auth/refresh');
    expect(await opens(other.accessToken)).to.equal('resolved');
    await service.api.signOut(refreshToken);
    await service.api.signOut(`tribr_${'A'.repeat(43)}`);
  });

  it('lasts thirty days, however often it is refreshed', async () => {
    let tokens = await signInAs(service, key);
    pass(DAYS_30 - 1);
    tokens = await service.api.refresh(tokens.refreshToken);
    expect(tokens.expiresAt).to.equal(service.clock.now() + 1);
    pass(2);
    expect(await opens(tokens.accessToken)).to.equal('auth/expired');
    expect(await codeOf(service.api.refresh(tokens.refreshToken))).to.equal('auth/refresh');
  });

  it('knows no refresh token but its own', async () => {
    expect(await codeOf(service.api.refresh(`tribr_${'A'.repeat(43)}`))).to.equal('auth/refresh');
    expect(await codeOf(service.api.refresh('tribr_short'))).to.equal('request/schema');
  });
});
