/** A request that comes again makes nothing anew. draft-ietf-httpapi-idempotency-key-header-07 §2.6 */
import { expect } from 'chai';
import { SigningKey } from 'ethers';
import { sealing } from '#coordinator/access/sealing.ts';
import { onceOnly, type Asked, type Made } from '#coordinator/access/repeated.ts';
import { announce } from '#coordinator/round/announced.ts';
import { attenuate } from '#protocol/access/token.ts';
import type { WantedKey } from '#protocol/access/wire.ts';
import { toAddress, toSeconds } from '#protocol/units.ts';
import { cohort, digestOfText } from '#test/support/cohort.ts';
import { codeOf } from '../code-of.ts';
import { rulesOf } from '../fixtures.ts';
import { serve, type Service } from '../http/service.ts';
import { newFolder, removeFolder } from '../store/folder.ts';
import { lazyDatabase, type LazyDatabase } from '../store/lazy-database.ts';
import { signInAs } from './signing-in.ts';

const members = cohort({ n: 3 });
const DAY = 24 * 3600;
const sealed = sealing(`0x${'c0'.repeat(32)}`);

describe('a request with an Idempotency-Key', () => {
  let service: Service;
  let token: string;
  let wanted: WantedKey;
  let account = 0;
  before(async () => {
    service = await serve(members, announce(rulesOf(members)));
  });
  beforeEach(async () => {
    token = await someone();
    const expiresAt = toSeconds(service.clock.now() + 9 * DAY);
    wanted = { name: 'a robot', scopes: ['keys:read'], expiresAt, caveats: [{ kind: 'job', job: 7 }] };
  });
  after(() => service.stop());

  const someone = async () =>
    (await signInAs(service, new SigningKey(digestOfText(`account ${(account += 1)}`)))).accessToken;
  const names = async () => (await service.api.keys(token)).map(({ name }) => name);
  const make = (key?: string, changes: Partial<WantedKey> = {}) =>
    service.api.createKey(token, { ...wanted, ...changes }, key);

  it('is answered the same when it comes again, and makes one key', async () => {
    const first = await make('one');
    service.clock.set(toSeconds(service.clock.now() + 60));
    expect(await make('one')).to.deep.equal(first);
    expect(await names()).to.deep.equal(['a robot']);
  });

  it('is the same in another spelling of its body', async () => {
    const first = await make('one');
    const reordered = Object.fromEntries(Object.entries(wanted).toReversed());
    const again = await fetch(`${service.url}/v1/keys`, {
      method: 'POST',
      headers: {
        ...{ authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        'idempotency-key': 'one',
      },
      body: JSON.stringify(reordered, null, 4),
    });
    expect(await again.text()).to.equal(JSON.stringify(first));
  });

  it('is refused with another body, and makes nothing', async () => {
    await make('one');
    expect(await codeOf(make('one', { name: 'another' }))).to.equal('request/idempotency-conflict');
    expect(await names()).to.deep.equal(['a robot']);
  });

  it('is another with another key, without one, or of someone else', async () => {
    const mine = [await make('one'), await make('two'), await make(), await make()];
    token = await someone();
    const all = [...mine, await make('one')];
    expect(new Set(all.map(({ id }) => id)).size).to.equal(5);
  });

  it('is repeated for nobody who could not have made it', async () => {
    await make('one');
    token = attenuate(token, { kind: 'expires', at: service.clock.now() + 60 });
    expect(await codeOf(make('one'))).to.equal('auth/narrowed');
  });

  it('that was refused made nothing, so its key is free', async () => {
    expect(await codeOf(make('one', { expiresAt: toSeconds(1) }))).to.equal('auth/validity');
    expect(await codeOf(make('one'))).to.equal('resolved');
  });

  it('is another after a day', async () => {
    const subject = new SigningKey(digestOfText('a day'));
    token = (await signInAs(service, subject)).accessToken;
    const first = await make('one');
    const start = service.clock.now();
    const after = async (seconds: number) => {
      service.clock.set(toSeconds(start + seconds));
      token = (await signInAs(service, subject)).accessToken;
      return make('one');
    };
    expect(await after(DAY)).to.deep.equal(first);
    expect((await after(DAY + 1)).id).not.to.equal(first.id);
  });

  it('has a key of 1 to 128 printable characters', async () => {
    const code = (key: string) => codeOf(make(key));
    expect([await code('~'.repeat(128)), await code('!')]).to.deep.equal(['resolved', 'resolved']);
    for (const bad of ['', 'a b', 'x'.repeat(129)]) expect(await code(bad), bad).to.equal('request/schema');
  });
});

describe('what is made once', () => {
  let folder: string;
  let database: LazyDatabase;
  before(async () => {
    folder = await newFolder();
    database = lazyDatabase(folder);
    await database.commit(async (transaction) => {
      await transaction.exec('create table made (thing integer)');
    });
  });
  after(async () => {
    await database.close();
    await removeFolder(folder);
  });

  const now = () => toSeconds(2_000_000_000);
  const asked = (key: string): Asked => ({
    ...{ subject: toAddress(`0x${'ab'.repeat(20)}`), operation: 'make', key, body: { some: 'thing' } },
  });
  const thing = (number: number): Made<number> => ({
    answer: number,
    save: async (transaction) =>
      void (await transaction.query('insert into made (thing) values ($1)', [number])),
  });
  const made = async () =>
    (await database.query<{ thing: number }>('select thing from made order by thing', [])).map(
      (row) => row.thing,
    );
  beforeEach(() => database.commit((transaction) => transaction.exec('delete from made')));

  /** Two makers, each of which waits until it is let go. */
  function gate() {
    let open: () => void = () => undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));
    let reached: () => void = () => undefined;
    const waiting = new Promise<void>((resolve) => (reached = resolve));
    return { open, waiting, wait: () => (reached(), opened) };
  }

  it('is refused while the first request still runs', async () => {
    const once = onceOnly(database, sealed, now);
    const { open, waiting, wait } = gate();
    const first = once(asked('running'), async () => (await wait(), thing(1)));
    await waiting;
    expect(await codeOf(once(asked('running'), async () => thing(2)))).to.equal(
      'request/idempotency-running',
    );
    open();
    expect(await first).to.equal(1);
    expect(await once(asked('running'), async () => thing(3))).to.equal(1);
    expect(await made()).to.deep.equal([1]);
  });

  it('is answered from what the database has sealed: an API key is not to be read there', async () => {
    const secret = { token: 'tribk_not-to-be-read' };
    const made = (): Promise<Made<object>> =>
      Promise.resolve({ answer: secret, save: () => Promise.resolve() });
    const once = onceOnly(database, sealed, now);
    expect(await once(asked('sealed'), made)).to.deep.equal(secret);
    const rows = await database.query("select answer from repeated_requests where key = 'sealed'");
    expect(rows).to.have.length(1);
    expect(JSON.stringify(rows)).not.to.contain('tribk_');
    const never = () => Promise.reject(new Error('made twice'));
    expect(await once(asked('sealed'), never)).to.deep.equal(secret);
    const other = onceOnly(database, sealing(`0x${'c1'.repeat(32)}`), now);
    expect(await codeOf(other(asked('sealed'), never))).to.equal('database/damaged');
    // As an earlier version wrote it.
    await database.commit(({ query }) =>
      query("update repeated_requests set answer = $1 where key = 'sealed'", [JSON.stringify(secret)]),
    );
    expect(await once(asked('sealed'), never)).to.deep.equal(secret);
  });

  it('is made by one of two coordinators on a database, and answered by both', async () => {
    const { open, waiting, wait } = gate();
    const slow = onceOnly(database, sealed, now)(asked('two'), async () => (await wait(), thing(1)));
    await waiting;
    expect(await onceOnly(database, sealed, now)(asked('two'), async () => thing(2))).to.equal(2);
    open();
    expect(await slow).to.equal(2);
    expect(await made()).to.deep.equal([2]);
  });

  it('is not answered where it could not be written, nor is the answer kept', async () => {
    const once = onceOnly(database, sealed, now);
    const broken: Made<number> = { answer: 1, save: () => Promise.reject(new Error('no room')) };
    expect(await once(asked('broken'), async () => broken).catch(String)).to.equal('Error: no room');
    expect(await once(asked('broken'), async () => thing(2))).to.equal(2);
    expect(await made()).to.deep.equal([2]);
  });
});
