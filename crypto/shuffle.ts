/** Orders of which none is likelier than another, if the draws are uniform. protocol.md §3.8 */

/**
 * 0 … n − 1 in a random order, by Fisher and Yates's shuffle from the last place down: each place takes one of those
 * up to it. A draw is used modulo their number, and made again where the last, incomplete run of remainders would
 * make some likelier.
 *
 * @param draw gives a uniform integer from 0 to 2^32 − 1
 */
export function shuffled(n: number, draw: () => number): number[] {
  const order = Array.from({ length: n }, (_, index) => index);
  for (let last = n - 1; last > 0; last--) {
    const chosen = below(last + 1, draw);
    [order[last], order[chosen]] = [order[chosen] ?? 0, order[last] ?? 0];
  }
  return order;
}

function below(bound: number, draw: () => number): number {
  const fair = 2 ** 32 - (2 ** 32 % bound);
  for (;;) {
    const drawn = draw();
    if (drawn < fair) return drawn % bound;
  }
}
