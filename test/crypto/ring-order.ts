/** The ring of a sparse graph, worked out apart from crypto/. docs/protocol.md §3.8 */
import { createCipheriv, createHash } from 'node:crypto';

/** The ring's order, from the text of the protocol and Node's own primitives. */
export function ringOf(n: number, seed: Uint8Array): number[] {
  const label = Buffer.from('ring order');
  const key = createHash('sha256')
    .update(Buffer.from([0, 0, 0, label.length]))
    .update(label)
    .update(seed)
    .digest();
  const stream = createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(4 * n));
  const order = [...Array(n).keys()];
  for (let last = n - 1, at = 0; last > 0; last--, at += 4) {
    // No draw of these seeds is made again: the chance is below n / 2^32 a draw.
    const chosen = stream.readUInt32BE(at) % (last + 1);
    const [a, b] = [order[last]!, order[chosen]!];
    order[last] = b;
    order[chosen] = a;
  }
  return order;
}
