/** Secrets from revealed shares, each checked against what its owner published. protocol.md §3.6, §4.6 */
import { platform } from '#platform';

import { equalBytes } from './bytes.ts';
import { seedDigest } from './commitments.ts';
import type { Context } from './context.ts';
import { TributaryError } from './error.ts';
import { areHolders, combineWith, lagrangeAtZero, lagrangeOfSets, type Share } from './shamir.ts';

/**
 * Of so many sets of holders the factors are kept, and worked out together: a complete graph has one or two, a sparse one
 * as many as members, each needed once.
 */
const MOST_SETS = 32;

/** Combines shares of many secrets, computing the factors once for holders that restore several of them. */
export class SecretRecovery {
  readonly #context: Context;
  readonly #threshold: number;
  readonly #ahead: Iterator<readonly Share[]>;
  readonly #coefficients = new Map<string, readonly bigint[]>();

  /** @param ahead shares that will be combined, in that order, so that an inversion serves many; none is refused here */
  constructor(context: Context, threshold: number, ahead: Iterable<readonly Share[]> = []) {
    this.#context = context;
    this.#threshold = threshold;
    this.#ahead = ahead[Symbol.iterator]();
  }

  /**
   * A member's self seed, 32 bytes.
   * @param digest the `seedDigest` that the member signed
   * @throws TributaryError `recovery/seed` if it is another seed, `shamir/too-few-shares`, and as `combineWith`
   */
  seed(member: number, shares: readonly Share[], digest: Uint8Array): Uint8Array {
    const seed = this.#combine(shares);
    if (!isSeed(this.#context, member, seed, digest)) {
      throw new TributaryError('recovery/seed', `the shares of member ${member}'s seed restore another seed`);
    }
    return seed;
  }

  /**
   * A member's mask private key, 32 bytes.
   * @param maskKey the public key in the roster
   * @throws TributaryError `recovery/mask-key` if it is the key of another, and as `seed`
   */
  maskSecret(member: number, shares: readonly Share[], maskKey: Uint8Array): Uint8Array {
    const secret = this.#combine(shares);
    if (!isMaskSecret(secret, maskKey)) {
      throw new TributaryError(
        'recovery/mask-key',
        `the shares of member ${member}'s key restore another key`,
      );
    }
    return secret;
  }

  #combine(shares: readonly Share[]): Uint8Array {
    if (shares.length < this.#threshold) {
      throw new TributaryError(
        'shamir/too-few-shares',
        `${shares.length} shares, ${this.#threshold} are needed: wait for members to return`,
      );
    }
    const used = shares.slice(0, this.#threshold);
    return combineWith(
      this.#factors(used.map((share) => share.x)),
      used.map((share) => share.y),
    );
  }

  #factors(xs: readonly number[]): readonly bigint[] {
    const holders = xs.join();
    if (!this.#coefficients.has(holders)) this.#lookAhead();
    const known = this.#coefficients.get(holders);
    if (known !== undefined) return known;
    const coefficients = lagrangeAtZero(xs);
    if (this.#coefficients.size >= MOST_SETS) this.#coefficients.clear();
    this.#coefficients.set(holders, coefficients);
    return coefficients;
  }

  /** Works out the factors of the next sets together. Too few shares, or two of one holder, are left to be refused in their turn. */
  #lookAhead(): void {
    const sets = new Map<string, readonly number[]>();
    while (sets.size < MOST_SETS) {
      const next = this.#ahead.next();
      if (next.done === true) break;
      const xs = next.value.slice(0, this.#threshold).map((share) => share.x);
      if (areHolders(xs) && xs.length === this.#threshold) sets.set(xs.join(), xs);
    }
    if (sets.size === 0) return;
    this.#coefficients.clear();
    const factors = lagrangeOfSets([...sets.values()]);
    for (const [i, holders] of [...sets.keys()].entries()) this.#coefficients.set(holders, factors[i] ?? []);
  }
}

/** What only its dealer explains, once every share was found under the dealer's root. */
const lies: readonly string[] = ['recovery/seed', 'recovery/mask-key', 'shamir/not-a-secret'];

/** Whether restoring a secret failed because the dealer's shares are of another one, or of none. */
export const isDealersLie = (error: unknown): error is TributaryError =>
  error instanceof TributaryError && lies.includes(error.code);

/** Whether a recovered seed is the one that its owner's signed digest commits to. */
export function isSeed(context: Context, member: number, seed: Uint8Array, digest: Uint8Array): boolean {
  return equalBytes(seedDigest(context, member, seed), digest);
}

/** Whether a recovered private key is that of a roster's mask key. */
export function isMaskSecret(secret: Uint8Array, maskKey: Uint8Array): boolean {
  return equalBytes(platform.x25519(secret).publicKey(), maskKey);
}
