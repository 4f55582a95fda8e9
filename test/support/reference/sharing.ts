/** Shamir's sharing by schoolbook arithmetic on integers. docs/protocol.md §3.2 */
import { drawn, integer } from './text.ts';

export const P = (1n << 256n) + 297n;

export type Dealt = {
  /** What was drawn for the coefficients, 33 bytes each, the rejected ones included. */
  draws: string[];
  /** The values at 1 … n, or at the holders' coordinates. */
  shares: string[];
};

/** Shares a secret of 32 bytes; what it draws follows from the label. */
export function deal(secret: string, n: number, threshold: number, label: string): Dealt {
  const draws: string[] = [];
  const coefficients = [BigInt('0x' + secret)];
  while (coefficients.length < threshold) {
    const draw = drawn(`${label} ${draws.length}`, 33);
    draws.push(draw);
    const candidate = BigInt('0x' + draw) % (1n << 257n);
    if (candidate < P) coefficients.push(candidate);
  }
  const shares: string[] = [];
  for (let x = 1n; x <= BigInt(n); x++) {
    let y = 0n;
    for (const [k, coefficient] of coefficients.entries()) y += coefficient * x ** BigInt(k);
    shares.push(integer(y % P, 33));
  }
  return { draws, shares };
}

/** The value at 0 of the polynomial through these points. */
export function restore(points: { x: number; y: string }[]): string {
  let secret = 0n;
  for (const { x, y } of points) {
    let term = BigInt('0x' + y);
    for (const other of points) {
      if (other.x === x) continue;
      term = (term * BigInt(other.x) * inverse(BigInt(other.x - x))) % P;
    }
    secret += term;
  }
  return integer(((secret % P) + P) % P, 32);
}

/** By Fermat's little theorem. */
function inverse(a: bigint): bigint {
  let result = 1n;
  let base = ((a % P) + P) % P;
  for (let exponent = P - 2n; exponent > 0n; exponent >>= 1n) {
    if (exponent % 2n === 1n) result = (result * base) % P;
    base = (base * base) % P;
  }
  return result;
}
