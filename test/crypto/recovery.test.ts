/** Secrets from shares, held against what their owners published. docs/protocol.md §3.6, §4.6 */
import { expect } from 'chai';

import { seedDigest } from '#crypto/commitments.ts';
import { isMaskSecret, isSeed, SecretRecovery } from '#crypto/recovery.ts';
import type { Share } from '#crypto/shamir.ts';

import { deal, heldShare, startAttempt } from './attempt.ts';
import { codeOf } from './refusal.ts';
import { at } from './replay/load.ts';

const parameters = { bits: 8, clip: 1, range: 1, dimension: 4, maxWeight: 1, chunkWords: 8 };
const attempt = startAttempt(6, 5, parameters);
const { context } = attempt.binding;
const dealt = [deal(attempt, 0), deal(attempt, 1)];
const secretsOf = (member: number): { seed: Uint8Array; mask: Uint8Array } => ({
  seed: at(attempt.members, member).seed.reveal(),
  mask: at(attempt.members, member).keys.mask.secret.reveal(),
});

function shares(dealer: number, kind: 'seed' | 'mask', holders: number[]): Share[] {
  return holders.map((holder) => ({
    x: holder + 1,
    y: heldShare(attempt, at(dealt, dealer), dealer, holder)[kind],
  }));
}

const digest = (dealer: number): Uint8Array => at(dealt, dealer).seedDigest;
const maskKey = (dealer: number): Uint8Array => at(attempt.roster, dealer).maskKey;

describe('recovery', () => {
  it('restores the secrets of several members from changing sets of holders', () => {
    const recovery = new SecretRecovery(context, 5);
    for (const holders of [
      [0, 1, 2, 3, 4],
      [5, 4, 3, 2, 1],
      [0, 1, 2, 3, 4],
      [1, 2, 3, 4, 5, 0],
      [0, 2, 3, 4, 5],
    ]) {
      for (const dealer of [0, 1]) {
        const { seed, mask } = secretsOf(dealer);
        expect(recovery.seed(dealer, shares(dealer, 'seed', holders), digest(dealer))).to.deep.equal(seed);
        expect(recovery.maskSecret(dealer, shares(dealer, 'mask', holders), maskKey(dealer))).to.deep.equal(
          mask,
        );
      }
    }
  });

  it('restores secrets of more sets of holders than it remembers', () => {
    const recovery = new SecretRecovery(context, 5);
    const { seed } = secretsOf(0);
    const orders = [0, 1, 2, 3, 4, 5].flatMap((first) =>
      [0, 1, 2, 3, 4, 5].filter((second) => second !== first).map((second) => [first, second]),
    );
    for (const [first, second] of [...orders, ...orders]) {
      const rest = [5, 4, 3, 2, 1, 0].filter((holder) => holder !== first && holder !== second);
      const held = shares(0, 'seed', [first!, second!, ...rest]);
      expect(recovery.seed(0, held, digest(0))).to.deep.equal(seed);
    }
  });

  it('restores the same when it was told what comes, in whatever order it comes', () => {
    const sets = [0, 1, 2, 3, 4, 5].flatMap((missing) =>
      [0, 1].map((dealer) => ({
        dealer,
        held: shares(
          dealer,
          'seed',
          [0, 1, 2, 3, 4, 5].filter((holder) => holder !== missing),
        ),
      })),
    );
    const twice = shares(0, 'seed', [0, 1, 2, 3, 3]);
    const few = shares(0, 'seed', [0, 1]);
    const nowhere = [{ x: 0, y: 1n }, ...shares(0, 'seed', [0, 1, 2, 3])];
    const ahead = [few, twice, nowhere, ...sets.map(({ held }) => held)];
    for (const turn of [sets, sets.toReversed()]) {
      const recovery = new SecretRecovery(context, 5, ahead);
      for (const { dealer, held } of turn) {
        expect(recovery.seed(dealer, held, digest(dealer))).to.deep.equal(secretsOf(dealer).seed);
      }
      expect(codeOf(() => recovery.seed(0, few, digest(0)))).to.equal('shamir/too-few-shares');
      expect(codeOf(() => recovery.seed(0, twice, digest(0)))).to.equal('shamir/duplicate-share');
      expect(codeOf(() => recovery.seed(0, nowhere, digest(0)))).to.equal('shamir/share-out-of-range');
    }
  });

  it('refuses fewer shares than the threshold', () => {
    const recovery = new SecretRecovery(context, 5);
    expect(codeOf(() => recovery.seed(0, shares(0, 'seed', [0, 1, 2, 3]), digest(0)))).to.equal(
      'shamir/too-few-shares',
    );
    expect(codeOf(() => recovery.maskSecret(0, [], maskKey(0)))).to.equal('shamir/too-few-shares');
  });

  it('refuses a share given twice', () => {
    const twice = shares(0, 'seed', [0, 1, 2, 3, 3]);
    expect(codeOf(() => new SecretRecovery(context, 5).seed(0, twice, digest(0)))).to.equal(
      'shamir/duplicate-share',
    );
  });

  it('refuses a seed that is not the one its owner signed', () => {
    const recovery = new SecretRecovery(context, 5);
    const holders = [0, 1, 2, 3, 4];
    expect(codeOf(() => recovery.seed(0, shares(0, 'seed', holders), digest(1)))).to.equal('recovery/seed');
    expect(codeOf(() => recovery.seed(1, shares(0, 'seed', holders), digest(0)))).to.equal('recovery/seed');
    const zero: Share[] = holders.map((holder) => ({ x: holder + 1, y: 0n }));
    expect(codeOf(() => recovery.seed(0, zero, digest(0)))).to.equal('recovery/seed');
  });

  it('refuses a mask key that is not the one in the roster', () => {
    const recovery = new SecretRecovery(context, 5);
    const holders = [0, 1, 2, 3, 4];
    expect(codeOf(() => recovery.maskSecret(0, shares(0, 'mask', holders), maskKey(1)))).to.equal(
      'recovery/mask-key',
    );
    expect(codeOf(() => recovery.maskSecret(0, shares(0, 'seed', holders), maskKey(0)))).to.equal(
      'recovery/mask-key',
    );
  });

  it('tells an auditor whether a secret is its owner’s', () => {
    const { seed, mask } = secretsOf(0);
    expect(isSeed(context, 0, seed, digest(0))).to.equal(true);
    expect(isSeed(context, 1, seed, digest(0))).to.equal(false);
    expect(isSeed({ ...context, round: 9 }, 0, seed, digest(0))).to.equal(false);
    expect(seedDigest(context, 0, seed)).to.deep.equal(digest(0));
    expect(isMaskSecret(mask, maskKey(0))).to.equal(true);
    expect(isMaskSecret(seed, maskKey(0))).to.equal(false);
  });
});
