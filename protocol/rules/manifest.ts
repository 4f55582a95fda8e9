/** The round manifest and the blocks it links, built the same way by coordinator, client and auditor. protocol.md §6.2 */
import type { CID } from 'multiformats/cid';
import { digestOf, encodeBlock, type Block } from '../dag.ts';
import type { AttemptId } from '../job-id.ts';
import type { Payouts, RosterBlock, RoundManifest } from '../manifests.ts';
import type { Input, Signed } from '../messages.ts';
import type { Domain } from '../typed-data.ts';
import type { Bytes32 } from '../units.ts';
import type { Roster } from './roster.ts';
import { toHex } from '#crypto/bytes.ts';

/** All that a round manifest says. */
export type RoundFacts = Readonly<{
  domain: Domain;
  id: AttemptId;
  terms: CID;
  previous: CID | null;
  previousTransaction: Bytes32 | null;
  modelBefore: CID;
  aggregate: CID;
  modelAfter: CID;
  optimiserBefore: CID | null;
  optimiserAfter: CID | null;
  roster: Roster;
  /** U2, ascending. */
  sharers: readonly number[];
  /** U3's signed inputs, in any order. */
  inputs: readonly Signed<Input>[];
  evidence: Bytes32;
  payouts: Payouts;
}>;

export type RoundBlocks = Readonly<{ manifest: Block; roster: Block; payouts: Block; digest: Bytes32 }>;

export const rosterBlock = (roster: Roster): RosterBlock => ({
  kind: 'tributary/roster',
  version: 1,
  members: [...roster.enrolments],
});

/** @returns the three DAG-CBOR blocks and the digest that is settled on chain */
export function roundBlocks(facts: RoundFacts): RoundBlocks {
  const roster = encodeBlock(rosterBlock(facts.roster));
  const payouts = encodeBlock(facts.payouts);
  const survivors = facts.inputs
    .map(({ message }) => ({ member: message.member, inputRoot: message.inputRoot }))
    .sort((a, b) => a.member - b.member);
  const manifest = encodeBlock({
    kind: 'tributary/round',
    version: 3,
    chainId: facts.domain.chainId,
    escrow: facts.domain.escrow,
    job: facts.id.job,
    round: facts.id.round,
    attempt: facts.id.attempt,
    terms: facts.terms,
    previous: facts.previous,
    previousTransaction: facts.previousTransaction,
    modelBefore: facts.modelBefore,
    aggregate: facts.aggregate,
    modelAfter: facts.modelAfter,
    optimiserBefore: facts.optimiserBefore,
    optimiserAfter: facts.optimiserAfter,
    roster: roster.cid,
    rosterRoot: facts.roster.root,
    graph: facts.roster.draw,
    sharers: [...facts.sharers],
    survivors,
    evidence: facts.evidence,
    payouts: payouts.cid,
  } satisfies RoundManifest);
  return { manifest, roster, payouts, digest: toHex(digestOf(manifest.cid)) as Bytes32 };
}
