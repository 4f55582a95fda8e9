/**
 * All that a lying coordinator and its colluders can derive about honest updates, exactly: masks are formal variables
 * over Z_2^w, and whoever holds t shares of a secret knows it. protocol.md §3.4–3.7
 *
 * Modelled: keys derived by X25519 and HKDF, and keystreams, are independent and uniform; fewer than t shares of a
 * secret say nothing (test/crypto/exhaustive-shamir.test.ts); one coordinate stands for all.
 */
import { holdersOf, type Graph } from '#crypto/graph.ts';
import { Span, type Row } from './howell.ts';

/** What left an honest member, or was opened by one. A member's update is the same in every attempt. */
export type Seen =
  | Readonly<{ what: 'input'; attempt: number; member: number; sharers: readonly number[] }>
  | Readonly<{ what: 'share'; attempt: number; holder: number; dealer: number; of: 'seed' | 'mask' }>;

export type World = Readonly<{
  /** Colluders: they hold what was dealt to them, and know their own secrets. */
  corrupt: ReadonlySet<number>;
  graphOf(attempt: number): Graph;
  /** Members in all. */
  n: number;
}>;

/** Bits of a word: small, so that zero divisors matter. */
export const wordBits = 8;

/** The sums of honest updates (a coefficient for each member) that generate all that can be derived. */
export function derivedSums(world: World, seen: readonly Seen[]): Row[] {
  const masks = new Map<string, number>();
  const forms: Map<string, number>[] = [];
  const updates = Array.from({ length: world.n }, (_, member) => `update ${member}`);

  for (const one of seen) {
    if (one.what === 'input') forms.push(maskedInput(world, one));
  }
  for (const name of openedMasks(world, seen)) forms.push(new Map([[name, 1]]));
  for (const form of forms) {
    for (const name of form.keys())
      if (!updates.includes(name) && !masks.has(name)) masks.set(name, masks.size);
  }
  const column = new Map([...masks, ...updates.map((name, at) => [name, masks.size + at] as const)]);
  const span = new Span(wordBits);
  for (const form of forms) {
    const row = Array.from({ length: masks.size + world.n }, () => 0);
    for (const [name, factor] of form) row[column.get(name) ?? 0] = factor;
    span.add(row);
  }
  return span.beginningWith(masks.size);
}

const selfMask = (attempt: number, member: number) => `self ${attempt} ${member}`;
const pairMask = (attempt: number, a: number, b: number) =>
  `pair ${attempt} ${Math.min(a, b)} ${Math.max(a, b)}`;

/** y = u + self ± pairs; those with colluders are known to them, and no variables. protocol.md §3.5 */
function maskedInput(
  { corrupt, graphOf }: World,
  { attempt, member, sharers }: Extract<Seen, { what: 'input' }>,
): Map<string, number> {
  const form = new Map([
    [`update ${member}`, 1],
    [selfMask(attempt, member), 1],
  ]);
  const near = graphOf(attempt).neighboursOf(member);
  for (const peer of sharers) {
    if (near.has(peer) && !corrupt.has(peer))
      form.set(pairMask(attempt, member, peer), member < peer ? 1 : -1);
  }
  return form;
}

/** The masks whose secrets are known: t shares of a seed, or of a mask key, which opens all pair masks of its owner. */
function openedMasks({ corrupt, graphOf, n }: World, seen: readonly Seen[]): string[] {
  const holders = new Map<string, Set<number>>();
  for (const one of seen) {
    for (const of of ['seed', 'mask'] as const) {
      const dealer = one.what === 'share' ? one.dealer : one.member;
      const key = `${one.attempt} ${dealer} ${of}`;
      const known = holders.get(key) ?? new Set(colludingHolders(graphOf(one.attempt), dealer, corrupt));
      if (one.what === 'share' && one.of === of) known.add(one.holder);
      holders.set(key, known);
    }
  }
  return [...holders].flatMap(([key, known]) => {
    const [attempt = 0, dealer = 0] = key.split(' ').map(Number);
    if (known.size < graphOf(attempt).threshold) return [];
    if (key.endsWith('seed')) return [selfMask(attempt, dealer)];
    return Array.from({ length: n }, (_, peer) => pairMask(attempt, dealer, peer));
  });
}

const colludingHolders = (graph: Graph, dealer: number, corrupt: ReadonlySet<number>): number[] =>
  [...holdersOf(graph, dealer)].filter((holder) => corrupt.has(holder));
