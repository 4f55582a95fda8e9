/** Hypergeometric tails in exact rationals, and the solver's rules on them: slow, and nothing of crypto/ in it. */
const factorials: bigint[] = [1n];

function factorial(n: number): bigint {
  for (let i = factorials.length; i <= n; i++) factorials.push((factorials[i - 1] ?? 1n) * BigInt(i));
  return factorials[n] ?? 1n;
}

function choose(n: number, k: number): bigint {
  return k < 0 || k > n ? 0n : factorial(n) / (factorial(k) * factorial(n - k));
}

export type Rational = Readonly<{ over: bigint; under: bigint }>;

/** P[X ≥ x] for x = 0 … drawn + 1, where X of the `drawn` are marked when `marked` of the `population` are. */
export function exactTails(population: number, marked: number, drawn: number): Rational[] {
  const under = choose(population, drawn);
  const tails: Rational[] = [{ over: 0n, under }];
  for (let x = drawn, over = 0n; x >= 0; x--) {
    over += choose(marked, x) * choose(population - marked, drawn - x);
    tails.unshift({ over, under });
  }
  return tails;
}

/** The float64 nearest to it but for a few units in the last place. */
export function toNumber({ over, under }: Rational): number {
  if (over === 0n) return 0;
  const shift = Math.max(0, under.toString(2).length - over.toString(2).length + 64);
  const scaled = Number((over << BigInt(shift)) / under);
  return shift > 500 ? (scaled / 2 ** 500) * 2 ** (500 - shift) : scaled / 2 ** shift;
}

/** times · tail ≤ 2^-bits */
const within = (times: number, { over, under }: Rational, bits: number): boolean =>
  (BigInt(times) * over) << BigInt(bits) <= under;

/** The least even degree with a threshold that bears so many corrupt and lost, and the least such threshold. */
export function exactParameters(
  n: number,
  corrupt: number,
  lost: number,
  bits: Readonly<{ secrecyBits: number; livenessBits: number }>,
): { degree: number; threshold: number } | null {
  for (let degree = 2; degree < n; degree += 2) {
    const half = degree / 2;
    const gone = exactTails(n - 1, lost, degree);
    const beside = exactTails(n - 1, corrupt, half);
    for (let threshold = half + 1; threshold <= degree; threshold++) {
      const [starved, cut] = [gone[degree - threshold + 1], beside[threshold - half]];
      if (!starved || !within(n, starved, bits.livenessBits)) break;
      if (cut && within(2 * n, cut, bits.secrecyBits)) return { degree, threshold };
    }
  }
  return null;
}
