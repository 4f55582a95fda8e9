/** How a client's cost grows from 1,000 to 10,000 members: masks, bytes and signatures. protocol.md §3.7, §3.8 */
import type { Row } from '../row.ts';
import { safeShape } from './cohort.ts';

const adversity = { corruption: 0.05, dropout: 0.05 };
const weights = 100_000;
const bits = 16;
const digest = 32;
const signature = 64;

/** Of one neighbour a client reads Enrolment, Shares, Input and Confirm, each a signed message of at most five digests. */
const messages = 4;
const messageBytes = 5 * digest + signature;

type Cost = Readonly<{ masks: number; bytes: number; signatures: number }>;

function costOf(n: number): Cost {
  const { degree } = safeShape(n, adversity);
  const levels = Math.ceil(Math.log2(n));
  const path = digest * Math.ceil(Math.log2(degree + 1));
  // Two shares and their path under a tag, there and back.
  const shares = 2 * (66 + path + 16);
  // Messages, and where Enrolment and Input stand in the roster's and the survivors' tree.
  const proofs = messages * messageBytes + 2 * digest * levels;
  const packed = (weights * (bits + levels)) / 8;
  // Two bits a member: who of the seats is in the roster, who of it survived.
  return {
    masks: degree + 1,
    bytes: packed + degree * (shares + proofs) + (2 * n) / 8,
    signatures: messages * degree,
  };
}

export function growth(): Row {
  const [small, large] = [costOf(1_000), costOf(10_000)];
  const ratios = {
    masks: large.masks / small.masks,
    bytes: large.bytes / small.bytes,
    signatures: large.signatures / small.signatures,
  };
  for (const [n, cost] of [
    [1_000, small],
    [10_000, large],
  ] as const) {
    console.error(
      `growth: n = ${n}: ${cost.masks} masks, ${cost.bytes} bytes, ${cost.signatures} signatures`,
    );
  }
  return {
    row: 'growth',
    ours: large.masks,
    limit: small.masks,
    ratio: Math.max(...Object.values(ratios)),
    unit: 'masks a client',
    bar: 1.34,
  };
}
