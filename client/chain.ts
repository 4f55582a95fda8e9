/** What a client asks of the chain, by its own RPC. protocol.md §4.2, §5 */
import { readAttempt, readCommitted, readSeed, type AttemptOnChain } from '#contracts/attempts.ts';
import type { Contracts } from '#contracts/connect.ts';
import { chainError } from '#contracts/decode-error.ts';
import { activations, seatsOfDataset } from '#contracts/events.ts';
import { readJobFacts, type JobFacts } from '#contracts/job-facts.ts';
import { readSeatOperators } from '#contracts/seat-operators.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import type { Committed } from '#protocol/rules/committed.ts';
import { toBytes32, type Address, type Bytes32 } from '#protocol/units.ts';

export type ChainReads = Readonly<{
  /** Jobs in which the dataset has a seat and which were activated, ascending; over or not. */
  jobs(): Promise<number[]>;
  facts(job: number): Promise<JobFacts>;
  /** By seat, every operator that it had. */
  operators(job: number): Promise<readonly (readonly Address[])[]>;
  /** Digest of the dataset's registered descriptor. */
  descriptor(): Promise<Bytes32>;
  attempt(id: AttemptId): Promise<AttemptOnChain>;
  /** @throws TributaryError `chain/not-final` */
  committed(id: AttemptId): Promise<Committed>;
  /** The prevrandao of a block; null while it may still change. */
  seed(block: number): Promise<Bytes32 | null>;
}>;

/** Blocks that are read again each time: a reorganisation may have changed them. */
const overlap = 64;

/**
 * The chain for one dataset's client; what was read of the events is remembered.
 *
 * @param dataset id in the registry
 * @throws TributaryError (calls) `chain/unreachable`, `chain/failed`, `escrow/…`
 */
export function chainReads(contracts: Contracts, dataset: bigint): ChainReads {
  const seated = new Set<bigint>();
  const activated = new Set<bigint>();
  let from = contracts.deployment.blocks.escrow;
  return {
    async jobs() {
      const to = await latestBlock(contracts);
      if (to >= from) {
        for (const { args } of await seatsOfDataset(contracts, dataset, { from, to })) seated.add(args.job);
        for (const { args } of await activations(contracts, { from, to })) activated.add(args.job);
        from = Math.max(from, to - overlap);
      }
      const jobs = [...seated].filter((job) => activated.has(job));
      return jobs.map(Number).sort((a, b) => a - b);
    },
    facts: (job) => readJobFacts(contracts, job),
    operators: (job) => readSeatOperators(contracts, job),
    attempt: (id) => readAttempt(contracts, id),
    committed: (id) => readCommitted(contracts, id),
    seed: (block) => readSeed(contracts, block),
    descriptor: async () => toBytes32((await contracts.registry.read.datasetOf(dataset)).manifest),
  };
}

async function latestBlock({ provider }: Contracts): Promise<number> {
  try {
    return await provider.getBlockNumber();
  } catch (error) {
    throw chainError(error, 'the latest block');
  }
}
