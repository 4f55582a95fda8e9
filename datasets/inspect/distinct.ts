/**
 * How many different values a column has, in bounded memory: exactly up to a limit, beyond it as the k least of their
 * hashes tell. Source: Bar-Yossef et al. 2002, "Counting distinct elements in a data stream", algorithm 1
 */

export type Distinct = Readonly<{
  add(value: string): void;
  /** The number, exact where `values` is not null, else within about a tenth. */
  count(): number;
  /** How often each value occurs, while they are few and short. */
  values(): ReadonlyMap<string, number> | null;
}>;

const mostKept = 1_000;
const longestKept = 100;
const hashesKept = 1_024;
const hashRange = 2 ** 53;

export function distinctValues(): Distinct {
  let kept: Map<string, number> | null = new Map();
  const least: number[] = [];
  return {
    add(value) {
      addLeast(least, hashOf(value));
      if (!kept) return;
      kept.set(value, (kept.get(value) ?? 0) + 1);
      if (kept.size > mostKept || value.length > longestKept) kept = null;
    },
    count() {
      if (kept) return kept.size;
      if (least.length < hashesKept) return least.length;
      return Math.round(((hashesKept - 1) * hashRange) / (least.at(-1) ?? hashRange));
    },
    values: () => kept,
  };
}

/** Keeps the smallest hashes in ascending order, each once. */
function addLeast(least: number[], hash: number): void {
  if (least.length === hashesKept && hash >= (least.at(-1) ?? 0)) return;
  let low = 0;
  let high = least.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((least[middle] ?? 0) < hash) low = middle + 1;
    else high = middle;
  }
  if (least[low] === hash) return;
  least.splice(low, 0, hash);
  if (least.length > hashesKept) least.pop();
}

/** 53 bits of two multiplicative hashes with MurmurHash3's finaliser; nobody needs to find collisions hard. */
function hashOf(text: string): number {
  let one = 0xdeadbeef;
  let two = 0x41c6ce57;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    one = Math.imul(one ^ unit, 0x9e3779b1);
    two = Math.imul(two ^ unit, 0x5f356495);
  }
  return (finish(one) & 0x1fffff) * 2 ** 32 + finish(two);
}

function finish(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
