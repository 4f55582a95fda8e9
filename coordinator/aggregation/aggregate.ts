/** From revealed shares to a proposal: secrets, evidence, sum, model, manifest. protocol.md §4.6, §4.7, §6.4 */
import { fromHex } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import type { BlockStore } from '#datasets/blockstore.ts';
import { sumFromEvidence } from '#model/evidence-sum.ts';
import type { OpenThreads } from '#model/unmasking/threads.ts';
import { digestHex, loadModel } from '#model/model-store.ts';
import { roundResult, type RoundResult } from '#model/round-result.ts';
import { cidFromDigest } from '#protocol/dag.ts';
import { sharersOf } from '#protocol/rules/survivors.ts';
import type { Performers } from '../driver/perform.ts';
import type { LoadLineage } from '../jobs/lineage.ts';
import type { InnerEvent } from '../round/attempt.ts';
import { idOf } from '../round/base.ts';
import { frameOf } from '../round/frame.ts';
import type { Unmasking } from '../round/unmasking.ts';
import type { EvidenceBlocks } from '../store/evidence-blocks.ts';
import type { Records } from '../store/records.ts';
import type { Vectors } from '../store/vectors.ts';
import { putEvidence, type StoredEvidence } from './evidence.ts';
import { proveFault } from './fault.ts';
import { revealedShares, restoreSecrets } from './secrets.ts';

export type AggregationParts = Readonly<{
  records: Records;
  vectors: Vectors;
  evidence: EvidenceBlocks;
  ipfs: BlockStore;
  loadLineage: LoadLineage;
  /** Where the sum's threads come from. */
  threads: OpenThreads;
}>;

/** What honest inputs can't lead to: the round gives no model, now or later. */
const hopeless: readonly string[] = ['vector/sum-out-of-range', 'model/not-finite'];

/** @throws TributaryError of chain, IPFS or disk, when it is to be tried again */
export const aggregator =
  (parts: AggregationParts): Performers['aggregate'] =>
  async (state) => {
    const id = idOf(state);
    const bodies = await parts.records.unmaskings(id);
    const restored = restoreSecrets(
      state,
      bodies.map((body) => revealedShares.parse(body)),
    );
    if (!restored.holds) {
      const { liar, detail } = restored;
      const reason = `member ${liar.member} lied about its secret: ${detail}`;
      const fault = await proveFault(parts.records, state, liar);
      return fault ? { type: 'fault-proven', reason, fault } : failed(reason);
    }
    const stored = await putEvidence(parts.evidence(id), state, restored.secrets, (input) =>
      parts.vectors.read(id, input),
    );
    try {
      return proposalOf(await computeRound(parts, state, stored), stored);
    } catch (error) {
      if (error instanceof TributaryError && hopeless.includes(error.code)) return failed(error.message);
      throw error;
    }
  };

async function computeRound(
  { vectors, evidence, ipfs, loadLineage, threads }: AggregationParts,
  state: Unmasking,
  stored: StoredEvidence,
): Promise<RoundResult> {
  const id = idOf(state);
  const { model } = state.rules.expected;
  const { job, facts, previous } = await loadLineage(id);
  const frame = frameOf(state);
  const sum = await sumFromEvidence(evidence(id), frame, stored.evidence, job, model, {
    threads,
    fileOf: (input) => vectors.sealed(id, input),
  });
  const result = await roundResult(ipfs, {
    job,
    id,
    seats: facts.seats,
    bonusPool: facts.bonusPool,
    roster: frame.roster,
    sharers: [...sharersOf(state.shares)],
    inputs: state.inputs,
    evidence: digestHex(stored.cid),
    sum,
    before: await loadModel(ipfs, cidFromDigest('dag-cbor', fromHex(model))),
    previous,
  });
  await ipfs.pin(result.manifest);
  return result;
}

const proposalOf = ({ digest, payouts, participants }: RoundResult, { cid }: StoredEvidence): InnerEvent => ({
  type: 'aggregated',
  result: {
    manifest: digest,
    payoutRoot: payouts.root,
    total: payouts.total,
    participants,
    evidence: digestHex(cid),
  },
});

const failed = (reason: string): InnerEvent => ({ type: 'failed', reason });
