/** What one API key or account may ask in a minute and in a day, whatever its address asks. docs/operations.md */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { SigningKey } from 'ethers';
import { keepPolicy, type KeptPolicy } from '#coordinator/operations/keep.ts';
import { defaultPolicy, operationsPolicy, type OperationsPolicy } from '#coordinator/operations/schema.ts';
import { announce } from '#coordinator/round/announced.ts';
import { attenuate } from '#protocol/access/token.ts';
import { toSeconds } from '#protocol/units.ts';
import { cohort, digestOfText } from '#test/support/cohort.ts';
import { signInAs } from '../access/signing-in.ts';
import { memoryLog } from '../fakes.ts';
import { rulesOf } from '../fixtures.ts';
import { newFolder, removeFolder } from '../store/folder.ts';
import { serve, type Service } from './service.ts';

const members = cohort({ n: 3 });
const DAY = 86_400;

describe('the limits of a caller', () => {
  let service: Service;
  let current: () => OperationsPolicy = () => defaultPolicy;
  before(async () => {
    const policy = { current: () => current() };
    service = await serve(members, announce(rulesOf(members)), {}, { policy });
  });
  after(() => service.stop());

  const limited = (written: object) => {
    const policy = operationsPolicy.parse({ version: 1, ...written });
    current = () => policy;
  };
  const account = (token: string) =>
    fetch(`${service.url}/v1/account`, { headers: { authorization: `Bearer ${token}` } });
  const statusOf = async (token: string) => (await account(token)).status;
  const statuses = async (token: string, times: number) => {
    const found = [];
    for (let time = 0; time < times; time += 1) found.push(await statusOf(token));
    return found;
  };
  const signedIn = async (name: string) =>
    (await signInAs(service, new SigningKey(digestOfText(name)))).accessToken;
  const key = async (token: string) => {
    const expiresAt = toSeconds(service.clock.now() + 3 * DAY);
    const wanted = { name: 'a robot', scopes: ['account:read' as const], expiresAt, caveats: [] };
    return (await service.api.createKey(token, wanted)).token;
  };

  it('give each key and each account a budget of its own', async () => {
    limited({ limits: { caller: { reads: 2 } } });
    const [mine, other] = [await signedIn('account 1'), await signedIn('other account 1')];
    const [first, second] = [await key(mine), await key(mine)];
    for (const token of [first, second, mine, other])
      expect(await statuses(token, 3)).to.deep.equal([200, 200, 429]);
  });

  it('are those of the account, however often it signs in, and of the key, however it is narrowed', async () => {
    limited({ limits: { caller: { reads: 2 } } });
    const robot = await key(await signedIn('account 2'));
    const narrowed = attenuate(robot, { kind: 'scope', scopes: ['account:read'] });
    expect([await statusOf(robot), await statusOf(narrowed), await statusOf(narrowed)]).to.deep.equal([
      200, 200, 429,
    ]);
    expect([
      ...(await statuses(await signedIn('account 2'), 2)),
      await statusOf(await signedIn('account 2')),
    ]).to.deep.equal([200, 200, 429]);
  });

  it('are told where they are nearer than those of the address, and say whose they are', async () => {
    limited({ limits: { caller: { reads: 2 } } });
    const robot = await key(await signedIn('account 3'));
    const answer = await account(robot);
    expect(answer.headers.get('ratelimit')).to.match(/^"caller_reads"; r=1; t=(60|59)$/);
    expect(answer.headers.get('ratelimit-policy')).to.match(/^"caller_reads"; q=2; w=60; pk=:[\w+/]{12}:$/);
    const other = await account(await key(await signedIn('account 3')));
    expect(other.headers.get('ratelimit-policy')).not.to.equal(answer.headers.get('ratelimit-policy'));
    await account(robot);
    const refused = await account(robot);
    expect(refused.headers.get('ratelimit')).to.match(/^"caller_reads"; r=0; /);
    expect(Number(refused.headers.get('retry-after'))).to.be.within(50, 60);
    const { code, detail } = (await refused.json()) as { code: string; detail: string };
    expect(code).to.equal('request/rate-limited');
    expect(detail).to.contain('by this API key');
    expect((await fetch(`${service.url}/v1/jobs`)).headers.get('ratelimit')).to.match(/^"reads"; /);
  });

  it('count nothing for a token that is none: nobody uses up what is another’s', async () => {
    limited({ limits: { caller: { reads: 1 } } });
    const robot = await key(await signedIn('account 4'));
    const forged = `${robot.slice(0, -4)}AAAA`;
    expect([await statusOf(forged), await statusOf(forged), await statusOf(robot)]).to.deep.equal([
      401, 401, 200,
    ]);
  });

  it('are a quota of requests a day, which is new with the day', async () => {
    limited({ quotas: { requests: 2 } });
    const [first, second] = [
      await key(await signedIn('account 5')),
      await key(await signedIn('other account 5')),
    ];
    expect(await statuses(first, 2)).to.deep.equal([200, 200]);
    const refused = await account(first);
    expect(refused.status).to.equal(429);
    expect(((await refused.json()) as { code: string }).code).to.equal('request/quota-exhausted');
    expect(refused.headers.get('ratelimit-policy')).to.match(/^"day_requests"; q=2; w=86400; /);
    const left = DAY - (service.clock.now() % DAY);
    expect(refused.headers.get('retry-after')).to.equal(String(left));
    expect(await statusOf(second)).to.equal(200);
    service.clock.set(toSeconds(service.clock.now() + left));
    expect(await statusOf(first)).to.equal(200);
  });

  it('are a quota of bytes a day, of what went both ways', async () => {
    limited({ quotas: { bytes: 1_500 } });
    const robot = await key(await signedIn('account 6'));
    const answers = [];
    for (let time = 0; time < 9; time += 1) answers.push(await account(robot));
    const found = answers.map(({ status }) => status);
    expect(found[0]).to.equal(200);
    expect(found.at(-1)).to.equal(429);
    expect(answers.at(-1)?.headers.get('ratelimit-policy')).to.match(/^"day_bytes"; q=1500; w=86400; /);
    await service.ledger.settle();
  });

  describe('that are written in a file', () => {
    let kept: KeptPolicy;
    let folder: string;
    afterEach(async () => {
      kept.close();
      await removeFolder(folder);
    });

    it('change while the service runs: rates, quotas, body sizes and proxies', async () => {
      folder = await newFolder();
      const path = join(folder, 'operations.yaml');
      const write = async (text: string) => {
        await writeFile(path, `version: 1\n${text}`);
        await kept.reload();
      };
      await writeFile(path, 'version: 1\n');
      kept = await keepPolicy(path, memoryLog());
      current = () => kept.current();
      const robot = await key(await signedIn('who is there for a while'));
      const before = (await service.api.status()).policy;
      expect(before?.limits.caller.reads).to.equal(6_000);
      expect(await statuses(robot, 3)).to.deep.equal([200, 200, 200]);

      await write('limits: { caller: { reads: 4 } }\n');
      expect(await statuses(robot, 2)).to.deep.equal([200, 429]);
      const after = (await service.api.status()).policy;
      expect(after?.limits.caller.reads).to.equal(4);
      expect(after?.digest)
        .to.match(/^0x[0-9a-f]{64}$/)
        .and.not.to.equal(before?.digest);

      await write('quotas: { requests: 1 }\n');
      expect(await statuses(robot, 2)).to.deep.equal([200, 429]);

      const large = () =>
        fetch(`${service.url}/v1/auth/token`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ message: 'x'.repeat(20_000), signature: '0x' }),
        });
      expect((await large()).status).not.to.equal(413);
      await write('limits: { bodyBytes: 16384 }\n');
      expect((await large()).status).to.equal(413);

      await write('limits: { address: { reads: 1 }, trustedProxies: [127.0.0.0/8] }\n');
      const from = (address: string) =>
        fetch(`${service.url}/v1/jobs`, { headers: { 'x-forwarded-for': address } });
      const asked = async (address: string) => (await from(address)).status;
      expect([await asked('203.0.113.1'), await asked('203.0.113.2')]).to.deep.equal([200, 200]);
      await write('limits: { address: { reads: 1 } }\n');
      expect([await asked('203.0.113.3'), await asked('203.0.113.4')]).to.deep.equal([429, 429]);
    });
  });
});
