/**
 * A test hook: one round is posted with a false payout root, once, so that a dispute can be seen to void it. Once it was posted
 * in whatever way, the truth is all that is posted. DESIGN §6
 */
import { settlementsOf } from '#contracts/events.ts';
import type { SendingContracts } from '#contracts/connect.ts';
import { fromHex } from '#crypto/bytes.ts';
import type { BlockSource } from '#datasets/blockstore.ts';
import { readBlock } from '#datasets/read-block.ts';
import { cidFromDigest } from '#protocol/dag.ts';
import { payoutsSchema, roundSchema } from '#protocol/manifests.ts';
import { payoutRoot } from '#protocol/rules/payouts.ts';
import type { Bytes32 } from '#protocol/units.ts';
import type { Log } from '../driver/log.ts';
import type { Performers } from '../driver/perform.ts';
import { idOf } from '../round/base.ts';
import type { Posting } from '../round/settling.ts';
import { noQuorum, settlementOf } from './posting.ts';

/** What is false of which round. */
export type Lie = Readonly<{ part: 'payout-root'; round: number }>;

export type LieParts = Readonly<{
  contracts: SendingContracts;
  /** Where the round's payouts are. */
  store: BlockSource;
  lie: Lie;
  log: Log;
}>;

/** Settles as `settle` does, but for the lie. Nobody signed for it, so it has the long window. */
export const lying =
  (settle: Performers['settle'], { contracts, store, lie, log }: LieParts): Performers['settle'] =>
  async (state) => {
    const { job, round } = idOf(state);
    if (round !== lie.round || (await wasPosted(contracts, job, round))) return settle(state);
    const falsehood = { ...settlementOf(state), payoutRoot: await falseRoot(store, state) };
    const { transaction } = await contracts.escrow.send.settle(BigInt(job), falsehood, noQuorum);
    log.warn({ job, round, part: lie.part }, 'a falsehood is posted, as --lie asks for');
    return { type: 'settled', transaction };
  };

async function wasPosted(contracts: SendingContracts, job: number, round: number): Promise<boolean> {
  const postings = await settlementsOf(contracts, BigInt(job));
  return postings.some(({ args }) => args.round === round);
}

/** The root of the round's own leaves, but for the first seat's, which gets a unit more than it earned. */
async function falseRoot(store: BlockSource, { proposal, rules }: Posting): Promise<Bytes32> {
  const { job } = rules.expected;
  const cid = cidFromDigest('dag-cbor', fromHex(proposal.manifest));
  const manifest = await readBlock(store, cid, roundSchema, 'the manifest');
  const { leaves } = await readBlock(store, manifest.payouts, payoutsSchema, 'the payouts');
  return payoutRoot(
    job,
    leaves.map((leaf) => (leaf.seat === 0 ? { ...leaf, units: leaf.units + 1 } : leaf)),
  );
}
