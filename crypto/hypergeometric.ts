/**
 * How likely it is that a draw without replacement holds many of a kind: who is corrupt, or lost, among a member's
 * neighbours. protocol.md §3.8
 */

/** Far below any target, far above where float64 loses digits. */
const NOTHING = 2 ** -900;

/**
 * P[X ≥ x] for every x from 0 to drawn + 1, where X of the `drawn` are marked when `marked` of the `population` are.
 *
 * Computed with + − × ÷ of float64 alone, which every engine rounds alike, so that all members of a roster find the
 * same numbers. Each term follows from the one before by a ratio of integers (at most five roundings), from the
 * likeliest outwards, and all are divided by their sum: a tail errs by less than 5 · drawn · 2^-52 of itself,
 * below 10^-10 for 10,000 drawn. Terms below 2^-900 of the likeliest
 * count as nothing.
 *
 * @param population at least `marked` and `drawn`, all integers from 0 to 10^5
 * @returns drawn + 2 probabilities, falling from 1 to 0
 */
export function upperTails(population: number, marked: number, drawn: number): Float64Array {
  const least = Math.max(0, drawn + marked - population);
  const most = Math.min(drawn, marked);
  const likeliest = Math.min(
    most,
    Math.max(least, Math.floor(((drawn + 1) * (marked + 1)) / (population + 2))),
  );

  const weights = new Float64Array(drawn + 2);
  weights[likeliest] = 1;
  for (let x = likeliest; x < most && (weights[x] ?? 0) > NOTHING; x++) {
    const up = ((marked - x) * (drawn - x)) / ((x + 1) * (population - marked - drawn + x + 1));
    weights[x + 1] = (weights[x] ?? 0) * up;
  }
  for (let x = likeliest; x > least && (weights[x] ?? 0) > NOTHING; x--) {
    const down = (x * (population - marked - drawn + x)) / ((marked - x + 1) * (drawn - x + 1));
    weights[x - 1] = (weights[x] ?? 0) * down;
  }

  // Summed from the small end of the tail, so that the smallest tails are as exact as the others.
  const tails = new Float64Array(drawn + 2);
  for (let x = drawn; x >= 0; x--) tails[x] = (tails[x + 1] ?? 0) + (weights[x] ?? 0);
  const whole = tails[0] ?? 1;
  for (let x = 0; x < tails.length; x++) tails[x] = (tails[x] ?? 0) / whole;
  return tails;
}
