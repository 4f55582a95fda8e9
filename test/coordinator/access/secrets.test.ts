/** Secrets of tokens that are replaced: what dies when, at every coordinator, and what the database alone gives. docs/rotation.md */
import { expect } from 'chai';
import { SigningKey } from 'ethers';
import { openAccess, type Access } from '#coordinator/access/access.ts';
import { sealing } from '#coordinator/access/sealing.ts';
import type { Database } from '#coordinator/store/database.ts';
import { parseToken, chain, formatToken, idText } from '#protocol/access/token.ts';
import { toSeconds } from '#protocol/units.ts';
import { digestOfText } from '#test/support/cohort.ts';
import { codeOf } from '../code-of.ts';
import { manualClock, memoryLog } from '../fakes.ts';
import { START } from '../fixtures.ts';
import { onEachEngine, type TestDatabase } from '../store/engines.ts';
import { signInAs } from './signing-in.ts';

const DAY = 86_400;
const account = `0x${'c0'.repeat(32)}`;

onEachEngine('the secrets of tokens', ({ create }) => {
  let place: TestDatabase;
  let database: Database;
  const clock = manualClock();
  const log = memoryLog();
  const key = new SigningKey(digestOfText('an account'));
  /** A coordinator of its own, on the same database. */
  const coordinator = (privateKey = account): Access =>
    openAccess({
      ...{ database, clock, log, chainId: 31_337, url: () => 'http://127.0.0.1:7070' },
      provider: { call: () => Promise.resolve('0x') },
      sealing: sealing(privateKey),
    });
  let [one, other]: Access[] = [];
  before(async () => {
    place = await create();
    database = await place.open();
  });
  beforeEach(async () => {
    clock.set(START);
    [one, other] = [coordinator(), coordinator()];
    await database.commit(({ exec }) =>
      exec(
        'delete from access_refreshes; delete from access_grants; delete from token_secrets where number > 0;' +
          'update token_secrets set retires_at = null',
      ),
    );
  });
  after(async () => {
    await database.close();
    await place.remove();
  });

  const signIn = (at: Access) =>
    signInAs({ api: at.sessions as never, clock }, key, ['keys:write', 'account:read']);
  const opens = (at: Access, token: string) => codeOf(at.authorise(token, 'account:read'));
  const makeKey = async (at: Access, accessToken: string) => {
    const caller = await at.authorise(accessToken, 'keys:write');
    const expiresAt = toSeconds(clock.now() + 90 * DAY);
    const { answer, save } = await at.keys.create(caller, {
      ...{ name: 'a robot', scopes: ['account:read'], caveats: [], expiresAt },
    });
    await database.commit(save);
    return { ...answer, caller };
  };

  it('go on being believed for as long as they are kept, at every coordinator, and no longer', async () => {
    const { accessToken } = await signIn(one!);
    const { token, caller } = await makeKey(one!, accessToken);
    const { number, previousRetiresAt } = await one!.secrets.rotate(7 * DAY);
    expect([number, previousRetiresAt]).to.deep.equal([2, START + 7 * DAY]);
    const later = await makeKey(other!, (await signIn(other!)).accessToken);
    for (const at of [one!, other!, coordinator()])
      expect([await opens(at, token), await opens(at, later.token)]).to.deep.equal(['resolved', 'resolved']);
    clock.set(previousRetiresAt);
    expect(await opens(other!, token)).to.equal('resolved');
    expect((await one!.keys.list(caller)).map(({ id }) => id)).to.have.members([
      idOf(token),
      idOf(later.token),
    ]);
    clock.set(toSeconds(previousRetiresAt + 1));
    for (const at of [one!, other!, coordinator()])
      expect([await opens(at, token), await opens(at, later.token)]).to.deep.equal([
        'auth/rotated',
        'resolved',
      ]);
    expect((await one!.keys.list(caller)).map(({ id }) => id)).to.deep.equal([idOf(later.token)]);
    expect(log.lines.map(({ message }) => message)).to.include('token secrets were rotated');
  });

  it('end at once where nothing is kept, and their sign-ins with them', async () => {
    const { accessToken, refreshToken } = await signIn(one!);
    await other!.secrets.rotate(0);
    expect(await opens(one!, accessToken)).to.equal('auth/rotated');
    // By a clock that is behind too.
    clock.set(toSeconds(START - 600));
    expect(await opens(one!, accessToken)).to.equal('auth/rotated');
    clock.set(START);
    expect(await codeOf(one!.sessions.refresh(refreshToken))).to.equal('auth/refresh');
    expect(await opens(one!, (await signIn(one!)).accessToken)).to.equal('resolved');
  });

  it('retire no later because of another rotation', async () => {
    const { accessToken } = await signIn(one!);
    await one!.secrets.rotate(60);
    await one!.secrets.rotate(DAY);
    clock.set(toSeconds(START + 61));
    expect(await opens(one!, accessToken)).to.equal('auth/rotated');
  });

  it('leave a refresh under the secret of its sign-in until that retires', async () => {
    const { refreshToken } = await signIn(one!);
    await one!.secrets.rotate(DAY);
    const next = await other!.sessions.refresh(refreshToken);
    expect(await opens(one!, next.accessToken)).to.equal('resolved');
    clock.set(toSeconds(START + DAY + 1));
    expect(await codeOf(other!.sessions.refresh(next.refreshToken))).to.equal('auth/refresh');
  });

  it('are not in the database: what stands there makes no token', async () => {
    const { accessToken } = await signIn(one!);
    const [row] = await database.query<{ id: string; root: Uint8Array }>(
      'select id, root from access_grants',
    );
    const real = parseToken(accessToken);
    if (!real || !row) throw new Error('no token');
    const forged = formatToken(chain(Uint8Array.from(row.root), 'access', real.id, real.caveats));
    expect(await opens(one!, forged)).to.equal('auth/invalid');
    const [secret] = await database.query<{ sealed: Uint8Array }>(
      'select sealed from token_secrets where number = 1',
    );
    expect(secret?.sealed).to.have.length(12 + 32 + 16);
    // Another account's key opens none of it.
    expect(await opens(coordinator(`0x${'c1'.repeat(32)}`), accessToken)).to.equal('database/damaged');
  });

  it('that were never there leave what was made before them, until somebody rotates', async () => {
    const { accessToken } = await signIn(one!);
    await database.commit(({ exec }) => exec('update access_grants set secret = 0'));
    const real = parseToken(accessToken);
    const [row] = await database.query<{ root: Uint8Array }>('select root from access_grants');
    if (!real || !row) throw new Error('no token');
    const old = formatToken(chain(Uint8Array.from(row.root), 'access', real.id, real.caveats));
    expect(await opens(one!, old)).to.equal('resolved');
    await one!.secrets.rotate(0);
    expect(await opens(one!, old)).to.equal('auth/rotated');
  });

  it('are made once, however many coordinators begin or rotate at once', async () => {
    const begun = await Promise.all([one!, other!, coordinator()].map(({ secrets }) => secrets.current()));
    expect(begun.map(({ number }) => number)).to.deep.equal([1, 1, 1]);
    const rotated = await Promise.all([one!, other!].map(({ secrets }) => secrets.rotate(DAY)));
    expect(rotated.map(({ number }) => number).sort()).to.deep.equal([2, 3]);
  });

  it('are each sealed under a number of its own', () => {
    const { seal, open } = sealing(account);
    const secret = new Uint8Array(32).fill(7);
    const sealed = seal(3, secret);
    expect(open(3, sealed)).to.deep.equal(secret);
    expect(() => open(4, sealed))
      .to.throw()
      .with.property('code', 'database/damaged');
    expect(() =>
      open(
        3,
        sealed.map((byte, at) => (at === 20 ? byte ^ 1 : byte)),
      ),
    ).to.throw();
    expect(seal(3, secret)).not.to.deep.equal(sealed);
  });
});

const idOf = (token: string): string => idText(parseToken(token)?.id ?? new Uint8Array());
