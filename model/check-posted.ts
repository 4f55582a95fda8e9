/** Whether a posted round is what it should be, as far as one party can tell. protocol.md §5.6 */
import { TributaryError } from '#crypto/error.ts';
import { fromHex } from '#crypto/bytes.ts';
import type { Proposal } from '#protocol/attempt-view.ts';
import { cidFromDigest } from '#protocol/dag.ts';
import { flaw, type Flaw } from '#protocol/flaw.ts';
import { toAmount, toSeconds } from '#protocol/units.ts';
import { lineageFlaw, readPosted, type Posted, type PostedRound } from './posted-round.ts';

/** What a party knows and may read of a posted round. */
export type Party = Readonly<{
  /** Whether it recomputed exactly this content before it was posted, and kept that. */
  agreed(): boolean | Promise<boolean>;
  /** Whether the job's terms give it the evidence of a round of these members. */
  mayRead(round: PostedRound): boolean;
  /** Fetches the evidence and recomputes all from it. @throws TributaryError where it does not come, or for its own troubles */
  recompute(round: PostedRound, proposal: Proposal): Promise<Flaw | null>;
}>;

/** `blocks` are the CIDs that show it, as text. */
export type PostedVerdict =
  | Readonly<{ verdict: 'right'; by: 'agreement' | 'evidence' | 'lineage' }>
  | Readonly<{ verdict: 'false' | 'missing'; flaw: Flaw; blocks: readonly string[] }>;

const agreement = { verdict: 'right', by: 'agreement' } as const;

/**
 * Lineage first, for it needs nobody's permission; then the evidence.
 *
 * @returns `missing` where a block or the evidence is not to be had: it may come yet
 * @throws TributaryError for what is this party's own trouble, and says nothing of the round: its node, disk or chain
 */
export async function checkPosted(posted: Posted, party: Party): Promise<PostedVerdict> {
  const blocks = [cidFromDigest('dag-cbor', fromHex(posted.settlement.manifest)).toString()];
  const found = await sorted(() => readPosted(posted));
  if (isFlaw(found)) {
    const verdict = wrong(found, blocks);
    // What it found right once does not turn false because a node has lost it.
    return verdict.verdict === 'missing' && (await party.agreed()) ? agreement : verdict;
  }
  const { manifest } = found;
  const evidence = cidFromDigest('dag-cbor', fromHex(manifest.evidence)).toString();
  const shown = [...blocks, manifest.payouts.toString(), evidence];
  if (!found.link && (await party.agreed())) return agreement;
  const broken = await sorted(() => lineageFlaw(found));
  if (broken) return wrong(broken, shown);
  if (!party.mayRead(found)) return { verdict: 'right', by: 'lineage' };
  const recomputed = await sorted(() => party.recompute(found, proposalIn(found)));
  return recomputed ? wrong(recomputed, shown) : { verdict: 'right', by: 'evidence' };
}

/** As it was proposed, but for the time to sign. */
const proposalIn = ({ settlement, manifest }: PostedRound): Proposal => ({
  manifest: settlement.manifest,
  payoutRoot: settlement.payoutRoot,
  total: toAmount(settlement.total),
  participants: settlement.participants,
  deadline: toSeconds(0),
  evidence: manifest.evidence,
});

const isFlaw = (value: object): value is Flaw => 'code' in value && 'detail' in value;

const absent = /^(ipfs\/not-found|evidence\/(unreachable|altered|too-big))$/;

/** Areas of codes that say what is wrong with signed or hashed content; none of them comes of a party's own machine. */
const content = new Set(
  [
    'aggregate',
    'binding',
    'blob',
    'bytes',
    'cohort',
    'dag',
    'enrolment',
    'evidence',
    'graph',
    'input',
    'key',
  ].concat(
    ['lineage', 'manifest', 'members', 'message', 'model', 'outcome', 'parameters', 'payouts', 'received'],
    ['recovery', 'roster', 'shamir', 'share', 'sharers', 'shares', 'survivors', 'vector', 'weights'],
  ),
);
const lagging = /\/(not-final|not-drawn|unreachable)$/;

function wrong(found: Flaw, blocks: readonly string[]): PostedVerdict {
  if (absent.test(found.code)) return { verdict: 'missing', flaw: found, blocks };
  const [area = ''] = found.code.split('/');
  if (content.has(area) && !lagging.test(found.code)) return { verdict: 'false', flaw: found, blocks };
  throw new TributaryError(found.code, found.detail);
}

/** What was thrown for content is a flaw; a bug is thrown on. */
async function sorted<T>(action: () => Promise<T>): Promise<T | Flaw> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof TributaryError) return flaw(error.code, error.message);
    throw error;
  }
}
