/**
 * The one question of a dispute: do a posted round's manifest, bitmap and payout root equal what the evidence
 * recomputes? Asked of the auditor's own checks, and only of those that answer it. protocol.md §5.6, §6
 */
import type { SigningKey } from 'ethers';
import type { Contracts } from '#contracts/connect.ts';
import { fromHex } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import type { BlockStore } from '#datasets/blockstore.ts';
import { readBlock } from '#datasets/read-block.ts';
import { loadJob } from '#model/job.ts';
import { cidFromDigest } from '#protocol/dag.ts';
import type { CoordinatorApi } from '#protocol/http/coordinator-api.ts';
import { roundSchema } from '#protocol/manifests.ts';
import type { Bytes32 } from '#protocol/units.ts';
import { audit } from '../audit.ts';
import { levels } from '../check.ts';
import type { AuditFacts } from '../facts.ts';
import { readAuditFacts } from '../read-facts.ts';
import type { Finding } from '../report.ts';
import { evidenceOf, type EvidencePlaces, type Fetched } from './evidence.ts';
import { awayReason, witness, type Witness } from './means.ts';

/** What the auditor asks of this round; of owners' policies, and of money already paid, a dispute is not. */
export const questions: ReadonlySet<string> = new Set([
  'lineage.terms',
  'lineage.manifest',
  'lineage.previous',
  'lineage.model-before',
  'lineage.optimiser-before',
  'signatures.roster',
  'agreement.graph',
  'cohort.size',
  'cohort.weights',
  'model.transition',
  'evidence.root',
  'evidence.manifest',
  'evidence.messages',
  'evidence.secrets',
  'evidence.inputs',
  'aggregate.sum',
  'payouts.participants',
  'payouts.leaves',
]);

export type Recomputing = Readonly<{
  contracts: Contracts;
  /** The node of whoever recomputes. */
  store: BlockStore;
  /** Where evidence is kept meanwhile. */
  folder: string;
  /** Of a reader of the evidence by the job's terms; null asks only the node for it. */
  key: SigningKey | null;
  /** Stands in for HTTP in tests. */
  connect?: (url: string, signal: AbortSignal) => Pick<CoordinatorApi, 'evidence'>;
}>;

/**
 * `true`: all of it was recomputed and is the same. `false`: something is not. `missing`: what should be there can't be
 * had, though our own means are at hand. `away`: our own means are not, so nothing follows. `gone`: the posting is not
 * the standing one of its round any more.
 */
export type Recomputed = Readonly<{
  outcome: 'true' | 'false' | 'missing' | 'away' | 'gone';
  /** For a person: the line that decided. */
  why: string;
  /** Of what is false. */
  code: string | null;
  findings: readonly Finding[];
}>;

/**
 * @param until evidence that comes later counts as missing
 * @throws TributaryError `chain/…`, `escrow/no-such-job`, `car/unwritable`
 */
export async function recomputeRound(
  recomputing: Recomputing,
  { job, round, head }: Readonly<{ job: number; round: number; head: Bytes32 }>,
  until: AbortSignal,
): Promise<Recomputed> {
  const { contracts, store } = recomputing;
  const { chainId, escrow } = contracts.deployment;
  const facts = await readAuditFacts(contracts, job);
  if (facts.job.settlements[round - 1]?.head !== head) {
    return plain('gone', `round ${round} of job ${job} is not posted like that any more`);
  }
  const blocks = witness(store);
  const fetched = await fetchFor(recomputing, facts, round, blocks, until);
  const copy = fetched && 'copy' in fetched ? fetched.copy : null;
  try {
    const { findings } = await audit(
      {
        domain: { chainId, escrow },
        facts,
        blocks: blocks.source,
        evidence: copy ? [{ root: copy.root, source: copy }] : [],
      },
      {
        levels,
        asks: (id, place) => questions.has(id) && (place === 'job' || place === `round ${round}`),
      },
    );
    return await conclusion(recomputing, facts, findings, blocks, fetched);
  } finally {
    await copy?.close();
  }
}

/** Null where the round's manifest or the terms can't be read, so that nobody knows which evidence. */
async function fetchFor(
  { contracts, store, folder, key, connect }: Recomputing,
  facts: AuditFacts,
  round: number,
  { source }: Witness,
  until: AbortSignal,
): Promise<Fetched | null> {
  const { chainId, escrow } = contracts.deployment;
  const settlement = facts.job.settlements[round - 1];
  if (settlement === undefined) return null;
  try {
    const job = await loadJob(source, { chainId, escrow }, facts.job);
    const cid = cidFromDigest('dag-cbor', fromHex(settlement.manifest));
    const { evidence } = await readBlock(source, cid, roundSchema, `the manifest of round ${round}`);
    const places: EvidencePlaces = { folder, key, store, until, ...(connect && { connect }) };
    const id = { job: facts.job.job, round, attempt: settlement.attempt };
    return await evidenceOf(job, id, cidFromDigest('dag-cbor', fromHex(evidence)), places);
  } catch (error) {
    if (!(error instanceof TributaryError) || error.code === 'car/unwritable') throw error;
    return null; // the audit's own findings say what is wrong with it
  }
}

/** What is wrong with a link says that a block is not to be had, not that the round is false. */
const links: ReadonlySet<string> = new Set(['link/missing', 'link/altered']);

async function conclusion(
  { store }: Recomputing,
  { job }: AuditFacts,
  findings: readonly Finding[],
  blocks: Witness,
  fetched: Fetched | null,
): Promise<Recomputed> {
  const ownFault = blocks.away();
  if (ownFault !== null) return { ...plain('away', ownFault), findings };
  for (const { verdict } of findings) {
    if (verdict.result !== 'failed' || links.has(verdict.code)) continue;
    const { code, place, detail } = verdict;
    return { outcome: 'false', why: `${place}: ${detail}`, code, findings };
  }
  const open = findings.filter(({ verdict }) => verdict.result !== 'passed');
  if (open.length === 0) return { ...plain('true', `${findings.length} checks of the round hold`), findings };

  const unfetched = fetched && 'missing' in fetched ? fetched : null;
  const away = unfetched?.away ?? (await awayReason(store, cidFromDigest('dag-cbor', fromHex(job.terms))));
  if (away !== null) return { ...plain('away', away), findings };
  const missing = blocks.missing() ?? unfetched?.missing ?? null;
  if (missing !== null) return { ...plain('missing', missing), findings };
  const [first] = open;
  return {
    ...plain('away', `${first?.id ?? ''} could not be asked: ${JSON.stringify(first?.verdict)}`),
    findings,
  };
}

const plain = (outcome: Recomputed['outcome'], why: string): Recomputed => ({
  outcome,
  why,
  code: null,
  findings: [],
});
