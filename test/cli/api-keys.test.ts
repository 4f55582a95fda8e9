/** `tributary keys api`: a key for an auditor, made, narrowed, listed and revoked from the command line. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Wallet } from 'ethers';
import { create, narrow, revoke, show } from '#cli/commands/api-keys.ts';
import { createProgram } from '#cli/program/program.ts';
import { readSettings } from '#cli/settings.ts';
import { signedIn } from '#cli/sign-in.ts';
import { announce } from '#coordinator/round/announced.ts';
import { toAddress, toSeconds } from '#protocol/units.ts';
import { rulesOf } from '#test/coordinator/fixtures.ts';
import { serve, type Service } from '#test/coordinator/http/service.ts';
import { cohort, digestOfText } from '#test/support/cohort.ts';
import { lightKey, PASSWORD } from './owner-stage.ts';
import { codeOf, inProcess } from './program.ts';

const members = cohort({ n: 3 });
const wallet = new Wallet(digestOfText('an account'));
const DAY = 86_400;

describe('API keys from the command line', () => {
  let service: Service;
  let home: string;
  let options: Readonly<{
    home: string;
    passwordFile: string;
    coordinator: string;
    keystore: string;
    json: true;
  }>;
  const path = (name: string) => join(home, name);
  before(async () => {
    service = await serve(members, announce(rulesOf(members)));
    service.clock.set(toSeconds(Math.floor(Date.now() / 1000)));
    home = mkdtempSync(join(tmpdir(), 'tributary-api-keys-'));
    writeFileSync(path('password'), `${PASSWORD}\n`);
    await lightKey(path('buyer.json'), wallet);
    options = {
      ...{ home, passwordFile: path('password'), coordinator: service.url, keystore: path('buyer.json') },
      json: true,
    };
  });
  after(async () => {
    await service.stop();
    rmSync(home, { recursive: true });
  });

  it('are made for evidence, narrowed without the coordinator, listed, and revoked with what was made of them', async () => {
    const { last: made } = await inProcess(() => create({ ...options, name: 'auditors', job: 7 }));
    expect(made).to.deep.include({ event: 'api-key', name: 'auditors', scopes: ['evidence:read'] });
    expect(made).to.deep.include({ caveats: [{ kind: 'job', job: 7 }] });
    expect(Number(made['expiresAt']) - service.clock.now()).to.be.closeTo(30 * DAY, 120);

    writeFileSync(path('key.txt'), `${String(made['token'])}\n`);
    const weaker = {
      tokenFile: path('key.txt'),
      scopes: ['account:read'],
      days: 1,
      rounds: [2, 5],
      datasets: [8, 3],
    } as const;
    const { last: narrowed } = await inProcess(() => narrow({ home, json: true, ...weaker }));
    expect(String(narrowed['token']))
      .to.match(/^tribk_/)
      .and.not.equal(made['token']);
    expect((narrowed['caveats'] as { kind: string }[]).map(({ kind }) => kind)).to.deep.equal([
      ...['scope', 'expires', 'rounds', 'dataset'],
    ]);
    expect(await codeOf(() => service.api.account(String(narrowed['token'])))).to.equal('auth/scope');

    const listed = async () =>
      (await inProcess(() => show(options))).last['keys'] as Record<string, unknown>[];
    expect((await listed()).map(({ id }) => id)).to.deep.equal([made['id']]);
    expect(JSON.stringify(await listed())).not.to.contain('tribk_');
    await inProcess(() => revoke(options, String(made['id'])));
    expect(await listed()).to.deep.equal([]);
    expect(await codeOf(() => service.api.account(String(made['token'])))).to.equal('auth/revoked');
  });

  it('are for the scopes that are named, and for the account of the keystore', async () => {
    const scopes = ['account:read', 'keys:read'];
    const { last } = await inProcess(() => create({ ...options, name: 'a robot', scopes, days: 1 }));
    expect(await service.api.account(String(last['token']))).to.deep.include({
      subject: toAddress(wallet.address),
      credential: 'key',
      scopes,
    });
  });

  it('leave no sign-in behind, whatever comes of it', async () => {
    const seen: string[] = [];
    const signIn = (work: (token: string) => Promise<void>) =>
      signedIn(readSettings(options), options, ['account:read'], async (api, token) => {
        seen.push(token);
        expect(await api.account(token)).to.include({ credential: 'access' });
        await work(token);
      });
    await signIn(async () => undefined);
    expect(await signIn(() => Promise.reject(new Error('it failed'))).catch(String)).to.equal(
      'Error: it failed',
    );
    expect(seen).to.have.length(2);
    for (const token of seen) expect(await codeOf(() => service.api.account(token))).to.equal('auth/revoked');
    expect(await codeOf(() => revoke(options, '0'.repeat(32)))).to.equal('auth/unknown-key');
  });

  it('are refused with scopes that there are not, and where no key is to be read', async () => {
    const of = (scopes: string[]) => codeOf(() => create({ ...options, name: 'x', scopes }));
    expect([await of(['admin']), await of([]), await of(['keys:read', 'keys:read'])]).to.deep.equal([
      ...['keys/scopes', 'keys/scopes', 'keys/scopes'],
    ]);
    const from = (tokenFile: string) => codeOf(() => narrow({ home, json: true, tokenFile, job: 7 }));
    expect(await from(path('none.txt'))).to.equal('storage/unreadable');
    expect(await from(path('password'))).to.equal('auth/invalid');
  });

  it('are narrowed to rounds that are some', async () => {
    const parsed = (rounds: string) => {
      const args = ['keys', 'api', 'narrow', '--token-file', path('password'), '--rounds', rounds];
      return inProcess(async () => void (await createProgram(true).parseAsync(args, { from: 'user' }))).catch(
        (error: unknown) => error,
      );
    };
    for (const bad of ['5-2', '0-3', '3', 'x', '1-2-3'])
      expect(await parsed(bad), bad).to.have.property('code', 'commander.invalidArgument');
    expect(await parsed('2-5')).to.have.property('code', 'auth/invalid');
  });
});
