/**
 * What the chain says of an attempt whose cohort agrees through it, and the seed that draws its graph: each read at a
 * depth at which no reorganisation is expected, so that what was read once is never taken back. protocol.md §5.4
 */
import type { Block, Provider } from 'ethers';
import { TributaryError } from '#crypto/error.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import type { Committed } from '#protocol/rules/committed.ts';
import { toBytes32, type Bytes32 } from '#protocol/units.ts';
import { Outcome } from './bindings/training-escrow.ts';
import type { Contracts } from './connect.ts';
import { chainError } from './decode-error.ts';
import { confirmationsFor, seedOffsetFor } from './provider.ts';

/**
 * Survivors and aborted are for ever. `none`: no roster of this attempt was committed.
 * Values that the outcome does not have are zero: all for `none`, `survivors` but for the outcome of that name.
 */
export type AttemptOnChain = Readonly<{
  outcome: 'none' | 'committed' | 'survivors' | 'aborted';
  roster: Bytes32;
  seedBlock: number;
  survivors: Bytes32;
}>;

/** By default as many as transactions of this chain wait for. */
type Depth = Readonly<{ confirmations?: number }>;

const outcomes = {
  [Outcome.None]: 'none',
  [Outcome.Committed]: 'committed',
  [Outcome.Survivors]: 'survivors',
  [Outcome.Aborted]: 'aborted',
} as const;

const ZERO = toBytes32(`0x${'00'.repeat(32)}`);
const nothing: AttemptOnChain = { outcome: 'none', roster: ZERO, seedBlock: 0, survivors: ZERO };

/** Below this it is a difficulty, or a constant that a rollup answers with. EIP-4399 */
const LEAST_RANDOM = 1n << 64n;

/**
 * Reads an attempt in the newest block that has `confirmations` blocks on it, itself counted.
 *
 * @throws TributaryError `chain/unreachable`, `chain/failed`
 */
export async function readAttempt(
  contracts: Contracts,
  { job, round, attempt }: AttemptId,
  depth: Depth = {},
): Promise<AttemptOnChain> {
  const block = await deepBlock(contracts, depth);
  if (block < contracts.deployment.blocks.escrow) return nothing;
  const found = await contracts.escrow.readAt(block).attemptOf(BigInt(job), round, attempt);
  return {
    outcome: outcomes[found.outcome as keyof typeof outcomes],
    roster: found.roster,
    seedBlock: Number(found.seedBlock),
    survivors: found.survivors,
  };
}

/**
 * All that the chain says of an attempt that ended with survivors.
 *
 * @throws TributaryError `chain/not-final` for any other, and while either is not deep enough; as `readSeed`
 */
export async function readCommitted(
  contracts: Contracts,
  id: AttemptId,
  depth: Depth = {},
): Promise<Committed> {
  const { outcome, ...facts } = await readAttempt(contracts, id, depth);
  const randao = outcome === 'survivors' ? await readSeed(contracts, facts.seedBlock, depth) : null;
  if (randao !== null) return { ...facts, randao };
  throw new TributaryError(
    'chain/not-final',
    `Round ${id.round}, attempt ${id.attempt} of job ${id.job} is "${outcome}" on chain at the depth that counts: ask again some blocks later.`,
  );
}

/**
 * The randomness of an attempt's seed block.
 *
 * @returns null until that block has `confirmations` blocks on it, itself counted
 * @throws TributaryError `chain/no-randomness` where that value, or how soon the deployment reads it, could have been
 *   foreseen by whoever committed the roster; `chain/unreachable`, `chain/failed`
 */
export async function readSeed(
  contracts: Contracts,
  seedBlock: number,
  depth: Depth = {},
): Promise<Bytes32 | null> {
  if (seedBlock > (await deepBlock(contracts, depth))) return null;
  const offset = await contracts.escrow.read.seedOffset();
  const least = seedOffsetFor(contracts.deployment.chainId);
  if (offset < least) {
    throw noRandomness(`this deployment reads it ${offset} blocks after the roster, and ${least} are needed`);
  }
  const [block, parent] = await Promise.all(
    [seedBlock, seedBlock - 1].map((number) => blockAt(contracts.provider, number)),
  );
  if (!block || !parent) return null; // another node of the same RPC, which is behind
  const seed = randomnessOf(block);
  if (seed === null || BigInt(seed) < LEAST_RANDOM) {
    throw noRandomness(`block ${seedBlock} has ${seed ?? 'none'}`);
  }
  if (seed === randomnessOf(parent)) throw noRandomness(`block ${seedBlock} repeats that of its parent`);
  return seed;
}

async function deepBlock({ provider, deployment }: Contracts, { confirmations }: Depth): Promise<number> {
  try {
    const depth = confirmations ?? confirmationsFor(deployment.chainId);
    return (await provider.getBlockNumber()) - depth + 1;
  } catch (error) {
    throw chainError(error, 'the number of the latest block');
  }
}

async function blockAt(provider: Provider, number: number): Promise<Block | null> {
  try {
    return await provider.getBlock(number);
  } catch (error) {
    throw chainError(error, `block ${number}`);
  }
}

function randomnessOf({ prevRandao }: Block): Bytes32 | null {
  return prevRandao === null ? null : toBytes32(prevRandao);
}

function noRandomness(why: string): TributaryError {
  return new TributaryError(
    'chain/no-randomness',
    `The chain's randomness can't draw a graph: ${why}. Use a complete graph here (at most 100 clients).`,
  );
}
