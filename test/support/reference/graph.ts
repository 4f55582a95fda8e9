/** Who is near whom, and what the escrow holds of a sparse roster and its survivors. docs/protocol.md §3.8, §4.9 */
import { createCipheriv } from 'node:crypto';

import { hash, integer, prefixed, text } from './text.ts';
import { treeRoot } from './trees.ts';
import { at } from './vector.ts';

export function rosterRoot(seats: string, tree: string): string {
  return hash(prefixed(text('roster')) + prefixed(seats) + tree);
}

/** The commitment to the survivors, whose input roots stand in their order. */
export function survivorsRoot(roster: string, n: number, members: number[], inputRoots: string[]): string {
  const tree = treeRoot(members.map((member, place) => integer(member, 4) + at(inputRoots, place)));
  return hash(prefixed(text('survivors')) + roster + prefixed(bitmapOf(n, members)) + tree);
}

/** Bit m of the bitmap: byte ⌊m / 8⌋, bit m mod 8. */
export function bitmapOf(size: number, members: number[]): string {
  let bitmap = '';
  for (let byte = 0; byte * 8 < size; byte++) {
    let value = 0;
    for (let bit = 0; bit < 8; bit++) if (members.includes(byte * 8 + bit)) value += 2 ** bit;
    bitmap += integer(value, 1);
  }
  return bitmap;
}

export function seedOf(roster: string, attempt: number, randao: string): string {
  return hash(prefixed(text('graph')) + roster + integer(attempt, 4) + randao);
}

/** Fisher and Yates's shuffle of 0 … n − 1, from the last place down. */
export function ringOf(n: number, seed: string): number[] {
  const key = hash(prefixed(text('ring order')) + seed);
  let counter = 0;
  let drawn = '';
  const draw = (): number => {
    if (drawn === '') {
      const block = createCipheriv('aes-256-ecb', Buffer.from(key, 'hex'), null).setAutoPadding(false);
      drawn = block.update(integer(counter++, 16), 'hex', 'hex');
    }
    const value = Number.parseInt(drawn.slice(0, 8), 16);
    drawn = drawn.slice(8);
    return value;
  };
  const order = Array.from({ length: n }, (_, index) => index);
  for (let last = n - 1; last > 0; last--) {
    let value = draw();
    while (value >= 2 ** 32 - (2 ** 32 % (last + 1))) value = draw();
    const chosen = value % (last + 1);
    const moved = at(order, last);
    order[last] = at(order, chosen);
    order[chosen] = moved;
  }
  return order;
}

/** The degree / 2 next to each member on either side of the ring, ascending. */
export function neighboursOn(ring: number[], degree: number): number[][] {
  return ring.map((_, member) => {
    const place = ring.indexOf(member);
    const near: number[] = [];
    for (let step = 1; step <= degree / 2; step++) {
      near.push(at(ring, (place + step) % ring.length));
      near.push(at(ring, (place - step + ring.length) % ring.length));
    }
    return near.sort((a, b) => a - b);
  });
}

/** All others, of everyone. */
export function everyoneNear(n: number): number[][] {
  return Array.from({ length: n }, (_, member) =>
    Array.from({ length: n }, (__, other) => other).filter((other) => other !== member),
  );
}

/** Whom a member deals to: those near it and itself, ascending. */
export function holdersIn(neighbours: number[][], member: number): number[] {
  return [...at(neighbours, member), member].sort((a, b) => a - b);
}
