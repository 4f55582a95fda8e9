/** Caveats have one spelling each, and whatever is not one of them is none. */
import { expect } from 'chai';
import fc from 'fast-check';
import { decodeCaveat, encodeCaveat, type Caveat } from '#protocol/access/caveats.ts';
import { scopeOfUrn, scopes, scopeUrn } from '#protocol/access/scopes.ts';

const spelled: readonly (readonly [Caveat, string])[] = [
  [{ kind: 'dataset', datasets: [3, 8, 21] }, 'dataset 3,8,21'],
  [{ kind: 'job', job: 7 }, 'job 7'],
  [{ kind: 'rounds', first: 2, last: 5 }, 'rounds 2-5'],
  [{ kind: 'expires', at: 1_893_456_000 }, 'expires 1893456000'],
  [{ kind: 'scope', scopes: ['account:read', 'evidence:read'] }, 'scope account:read,evidence:read'],
];

const number = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const round = fc.integer({ min: 1, max: 0xffff_ffff });
const anyCaveat: fc.Arbitrary<Caveat> = fc.oneof(
  fc.record({ kind: fc.constant('job' as const), job: number }),
  fc.record({ kind: fc.constant('rounds' as const), first: round, last: round }),
  fc.record({ kind: fc.constant('expires' as const), at: fc.integer({ min: 0, max: 0xffff_ffff_ffff }) }),
  fc.record({
    kind: fc.constant('dataset' as const),
    datasets: fc
      .uniqueArray(number, { minLength: 1, maxLength: 64 })
      .map((all) => all.toSorted((a, b) => a - b)),
  }),
  fc.record({
    kind: fc.constant('scope' as const),
    scopes: fc.subarray([...scopes], { minLength: 1 }),
  }),
);

describe('a caveat', () => {
  it('is spelled so that a person can read it', () => {
    for (const [caveat, text] of spelled) {
      expect(encodeCaveat(caveat)).to.equal(text);
      expect(decodeCaveat(text)).to.deep.equal(caveat);
    }
  });

  it('comes back from its text, whichever it is', () =>
    fc.assert(
      fc.property(anyCaveat, (caveat) => {
        expect(decodeCaveat(encodeCaveat(caveat))).to.deep.equal(caveat);
      }),
    ));

  it('is spelled the same in whatever order its list was', () => {
    expect(encodeCaveat({ kind: 'dataset', datasets: [8, 3, 8] })).to.equal('dataset 3,8');
    expect(encodeCaveat({ kind: 'scope', scopes: ['keys:read', 'account:read'] })).to.equal(
      'scope account:read,keys:read',
    );
  });

  it('is none in any other spelling, nor of any other kind', () => {
    for (const bad of [
      ...[
        '',
        'job',
        'job ',
        'job 0',
        'job 07',
        'job 7 ',
        ' job 7',
        'job  7',
        'job 7.0',
        'job 1e1',
        'job -7',
        'job 0x7',
      ],
      ...[
        'Job 7',
        'job 9007199254740992',
        'rounds 2',
        'rounds 2-',
        'rounds 0-5',
        'rounds 2-5-7',
        'rounds 2-4294967296',
      ],
      ...[
        'dataset 8,3',
        'dataset 3,3',
        'dataset 3,',
        'dataset ',
        'expires',
        'expires -1',
        'expires 281474976710656',
      ],
      ...['scope', 'scope admin', 'scope evidence:read,account:read', 'scope evidence:read,evidence:read'],
      ...['ip 127.0.0.1', '__proto__ 7', 'kind job'],
    ])
      expect(decodeCaveat(bad), bad).to.equal(null);
  });
});

describe('a scope', () => {
  it('is asked for by its URN, and by nothing else', () => {
    for (const scope of scopes) expect(scopeOfUrn(scopeUrn(scope))).to.equal(scope);
    for (const bad of [
      '',
      'evidence:read',
      'urn:tributary:scope:',
      'urn:tributary:scope:admin',
      'URN:tributary:scope:keys:read',
    ])
      expect(scopeOfUrn(bad), bad).to.equal(null);
  });
});
