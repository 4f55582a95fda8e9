/** Fisher–Yates (Durstenfeld 1964) driven by a seeded stream: the order of rows in an epoch. */
import type { Rng } from '#crypto/random.ts';

/** One unbiased integer in [0, bound), bound ≤ 2³²: words past the last whole multiple are drawn again. */
export function below(rng: Rng, bound: number): number {
  const limit = 2 ** 32 - (2 ** 32 % bound);
  for (;;) {
    const bytes = rng.bytes(4);
    const word = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0);
    if (word < limit) return word % bound;
  }
}

/** The numbers 0 … count − 1 in an order that the stream decides. */
export function shuffled(count: number, rng: Rng): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let last = count - 1; last > 0; last -= 1) {
    const other = below(rng, last + 1);
    const moved = order[last] ?? 0;
    order[last] = order[other] ?? 0;
    order[other] = moved;
  }
  return order;
}
