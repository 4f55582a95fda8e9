/** Nonces without rows: nobody's but the coordinator's, for ten minutes, and at no cost to its disk. */
import { expect } from 'chai';
import fc from 'fast-check';
import { openAccess } from '#coordinator/access/access.ts';
import { newNonce, nonceExpiry } from '#coordinator/access/nonces.ts';
import { sealing } from '#coordinator/access/sealing.ts';
import { seededRng } from '#crypto/random.ts';
import { utf8 } from '#crypto/bytes.ts';
import { toSeconds } from '#protocol/units.ts';
import { memoryLog } from '../fakes.ts';
import { newFolder, removeFolder } from '../store/folder.ts';
import { lazyDatabase } from '../store/lazy-database.ts';

const now = toSeconds(1_900_000_000);
const at = (seconds: number) => toSeconds(now + seconds);
const rng = seededRng(utf8('nonces'));
const [key, other] = [rng.bytes(32), rng.bytes(32)];

describe('nonces of sign-ins', function () {
  this.timeout(60_000);

  it('are of letters and digits, each another, and good for ten minutes', () => {
    const made = Array.from({ length: 100 }, () => newNonce(key, rng, now));
    expect(new Set(made.map(({ nonce }) => nonce)).size).to.equal(100);
    for (const { nonce, expiresAt } of made) {
      expect(nonce).to.match(/^[0-9A-Za-z]{8,64}$/);
      expect(expiresAt).to.equal(at(600));
      expect(nonceExpiry(key, nonce, at(600))).to.equal(at(600));
      expect(nonceExpiry(key, nonce, at(601))).to.equal(null);
      expect(nonceExpiry(other, nonce, now)).to.equal(null);
    }
  });

  it('are made by nobody else: not one digit may differ', () => {
    const { nonce } = newNonce(key, rng, now);
    const digit = fc.constantFrom(...Array.from('0123456789abcdefABCDEFg'));
    fc.assert(
      fc.property(fc.nat(63), digit, (place, by) => {
        const bent = nonce.slice(0, place) + by + nonce.slice(place + 1);
        expect(nonceExpiry(key, bent, now)).to.equal(bent === nonce ? at(600) : null);
      }),
    );
    expect(nonceExpiry(key, nonce.slice(0, 62), now)).to.equal(null);
    expect(nonceExpiry(key, `${nonce}00`, now)).to.equal(null);
  });

  it('leave no row however many are asked for, and are those of every coordinator of the database', async () => {
    const folder = await newFolder();
    const database = lazyDatabase(folder);
    const clock = { now: () => now, after: () => () => undefined };
    const provider = { call: () => Promise.resolve('0x') };
    const url = () => 'https://rounds.example';
    const openers = [1, 2].map(() =>
      openAccess({
        ...{ database, provider, url, chainId: 1, clock },
        ...{ log: memoryLog(), sealing: sealing(`0x${'c0'.repeat(32)}`) },
      }),
    );
    const made = await Promise.all(openers.flatMap(({ sessions }) => [sessions.nonce(), sessions.nonce()]));
    for (let more = 0; more < 200; more++) await openers[0]?.sessions.nonce();
    expect(await database.query('select * from access_nonces')).to.deep.equal([]);
    const keys = await database.query<{ key: Uint8Array }>('select key from access_nonce_key');
    expect(keys).to.have.length(1);
    for (const { nonce } of made) expect(nonceExpiry(keys[0]?.key ?? key, nonce, now)).to.equal(at(600));
    await database.close();
    await removeFolder(folder);
  });
});
