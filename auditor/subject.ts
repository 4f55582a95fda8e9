/**
 * What is audited: the chain's facts, and the blocks that follow from its digests, each read once.
 * protocol.md §6.2
 */
import type { CID } from 'multiformats/cid';
import type { SettlementOnChain } from '#contracts/job-facts.ts';
import { fromHex } from '#crypto/bytes.ts';
import type { BlockSource } from '#datasets/blockstore.ts';
import { readBlock } from '#datasets/read-block.ts';
import { loadJob, type Job } from '#model/job.ts';
import { cidFromDigest } from '#protocol/dag.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import { rosterSchema, roundSchema, type Payouts, type RoundManifest } from '#protocol/manifests.ts';
import type { Frame } from '#protocol/rules/phase-messages.ts';
import { buildRoster, type Roster } from '#protocol/rules/roster.ts';
import type { Domain } from '#protocol/typed-data.ts';
import type { Bytes32 } from '#protocol/units.ts';
import { openEvidence, type EvidenceCopy, type EvidenceOf } from './evidence-copies.ts';
import type { AuditFacts } from './facts.ts';
import { earningsOf } from './money.ts';
import { namedSource, type NamedSource } from './named-source.ts';
import { once } from './once.ts';

/** A settled round. Its readers throw what stands in their way; see `verdictOf` and `answering`. */
export type RoundSubject = Readonly<{
  number: number;
  /** `round 3` */
  place: string;
  settlement: SettlementOnChain;
  id: AttemptId;
  /** The manifest whose digest the chain holds. */
  cid: CID;
  before: RoundSubject | undefined;
  manifest(): Promise<RoundManifest>;
  roster(): Promise<Roster>;
  /** Survivors' seats, ascending, by manifest and roster. */
  survivingSeats(): Promise<number[]>;
  frame(): Promise<Frame>;
  evidence(): Promise<EvidenceOf>;
}>;

export type Subject = Readonly<{
  domain: Domain;
  facts: AuditFacts;
  /** The payouts after each settled round, by the bitmaps on chain. */
  earnings: readonly Payouts[];
  source: NamedSource;
  /** The head of the lineage according to who gave the copy, or null. */
  claimedHead: CID | null;
  evidenceCopies: readonly EvidenceCopy[];
  terms: CID;
  rounds: readonly RoundSubject[];
  job(): Promise<Job>;
}>;

export type Given = Readonly<{
  domain: Domain;
  facts: AuditFacts;
  /** The lineage's blocks: an IPFS node or a CAR file. */
  blocks: BlockSource;
  evidence: readonly EvidenceCopy[];
  claimedHead?: CID | undefined;
}>;

const blockOf = (digest: Bytes32): CID => cidFromDigest('dag-cbor', fromHex(digest));

export function subjectOf({ domain, facts, blocks, evidence, claimedHead }: Given): Subject {
  const source = namedSource(blocks);
  const terms = blockOf(facts.job.terms);
  source.name(terms, 'terms');
  const rounds: RoundSubject[] = [];
  for (const settlement of facts.job.settlements) {
    const cid = blockOf(settlement.manifest);
    source.name(cid, `round ${settlement.round}`);
    const around = { domain, job: facts.job.job, seats: facts.job.seats.length, source, evidence };
    rounds.push(roundSubject(around, settlement, rounds.at(-1)));
  }
  return {
    domain,
    facts,
    earnings: earningsOf(facts),
    source,
    claimedHead: claimedHead ?? null,
    evidenceCopies: evidence,
    terms,
    rounds,
    job: once(() => loadJob(source, domain, facts.job)),
  };
}

type Around = Readonly<{
  domain: Domain;
  job: number;
  seats: number;
  source: NamedSource;
  evidence: readonly EvidenceCopy[];
}>;

function roundSubject(
  { domain, job, seats, source, evidence }: Around,
  settlement: SettlementOnChain,
  before: RoundSubject | undefined,
): RoundSubject {
  const { round, attempt } = settlement;
  const place = `round ${round}`;
  const id = { job, round, attempt };
  const cid = blockOf(settlement.manifest);
  const manifest = once(() => readBlock(source, cid, roundSchema, `the manifest of ${place}`));
  const roster = once(async () => {
    const { roster: link, graph } = await manifest();
    const { members } = await readBlock(source, link, rosterSchema, `the roster of ${place}`);
    return buildRoster(domain, members, graph && { draw: graph, seats });
  });
  return {
    number: round,
    place,
    settlement,
    id,
    cid,
    before,
    manifest,
    roster,
    survivingSeats: once(async () => {
      const { members } = await roster();
      const { survivors } = await manifest();
      return survivors.map(({ member }) => members[member]?.seat ?? -1);
    }),
    frame: once(async () => ({ domain, id, roster: await roster() })),
    evidence: once(async () => openEvidence(evidence, blockOf((await manifest()).evidence), place)),
  };
}
