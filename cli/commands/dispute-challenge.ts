/** `tributary dispute challenge`: recompute a posted round, and dispute it if it is false. protocol.md §5.6 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recomputeRound, type Recomputed } from '#auditor/dispute/recompute.ts';
import { latestTime } from '#contracts/chain-time.ts';
import { readDispute } from '#contracts/dispute-list.ts';
import type { SettlementOnChain } from '#contracts/job-facts.ts';
import { settlementRecord } from '#contracts/settlement-record.ts';
import { fromHex } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import type { BlockStore } from '#datasets/blockstore.ts';
import { connectIpfs } from '#datasets/ipfs.ts';
import { digestHex } from '#model/model-store.ts';
import { challengeOf, type Challenge } from '#protocol/challenge.ts';
import { cidFromDigest, encodeBlock } from '#protocol/dag.ts';
import type { Bytes32 } from '#protocol/units.ts';
import { act, type Act, type Acting } from '../dispute/act.ts';
import { approveBond, assertBond } from '../dispute/bond.ts';
import { evidenceDigest } from '../dispute/evidence-option.ts';
import { holderOf, keyFile } from '../dispute/key.ts';
import { postedRound, timeText, type PostingOptions } from '../dispute/posting.ts';
import { progress } from '../output.ts';
import { readSettings, type CommonOptions, type Settings } from '../settings.ts';
import type { SigningOptions } from '../unsigned/as-account.ts';

export type DisputeOptions = CommonOptions &
  SigningOptions &
  PostingOptions &
  Readonly<{ key?: string; evidence?: string; force?: boolean }>;

/** The longest that a command waits for evidence. */
const PATIENCE_MILLIS = 600_000;

export async function challenge(options: DisputeOptions): Promise<void> {
  const settings = readSettings(options);
  const holder = holderOf(settings, () => keyFile(settings, options.key));
  await act(settings, options, holder, (acting) => prepared(settings, options, acting));
}

async function prepared(settings: Settings, options: DisputeOptions, acting: Acting): Promise<Act> {
  const { contracts, dryRun } = acting;
  const { facts, settlement } = await postedRound(contracts, options);
  const { round, head } = settlement;
  await assertDisputable(acting, settlement);
  const found = options.force === true ? null : await recomputed(settings, acting, facts.job, settlement);
  if (found) assertFalse(found, round);

  const { disputes } = contracts;
  const bond = await disputes.read.bondOf(BigInt(facts.job));
  const bondText = await assertBond(contracts, bond);
  const deadline = (await latestTime(contracts)) + (await disputes.read.defenceWindow());
  const why = found ? `${found.why} (${found.code ?? ''})` : 'not recomputed: --force';
  return {
    facts: { job: options.job, round, head, bond, arbiter: facts.arbiter, deadline, why },
    lines: [
      `round ${round} of job ${options.job}: ${why}`,
      `bond ${bondText}; arbiter ${facts.arbiter}; it may be defended until about ${timeText(deadline)}`,
    ],
    async send() {
      const store = dryRun ? null : connectIpfs(settings.ipfs);
      const evidence =
        options.evidence === undefined
          ? await state(store, acting, { job: facts.job, settlement, found })
          : await evidenceDigest(options.evidence, store);
      await approveBond(acting, bond);
      const sent = await disputes.send.challenge(BigInt(facts.job), settlementRecord(settlement), evidence);
      return {
        value: { event: 'challenged', evidence, transaction: sent.transaction },
        text: `round ${round} is disputed and frozen, for a bond of ${bondText}`,
      };
    },
  };
}

/** What the contract would refuse, before anything is approved. */
async function assertDisputable(
  { contracts }: Acting,
  { head, round, readyAt }: SettlementOnChain,
): Promise<void> {
  const disputed = await readDispute(contracts, head);
  if (disputed) {
    throw new TributaryError(
      'escrow/already-disputed',
      `round ${round} is disputed by ${disputed.challenger}: it is ${disputed.status}`,
    );
  }
  if ((await latestTime(contracts)) >= readyAt) {
    throw new TributaryError(
      'escrow/window-over',
      `round ${round} is final since ${timeText(readyAt)} and can no longer be disputed`,
    );
  }
}

/** By this account's right to read the evidence, in a folder that is gone afterwards. */
export async function recomputed(
  settings: Settings,
  { contracts, key }: Acting,
  job: number,
  { round, head }: Pick<SettlementOnChain, 'round' | 'head'>,
): Promise<Recomputed> {
  progress(`recomputing round ${round}`);
  const folder = await mkdtemp(join(tmpdir(), 'tributary-dispute-'));
  try {
    const recomputing = { contracts, store: connectIpfs(settings.ipfs), folder, key };
    return await recomputeRound(recomputing, { job, round, head }, AbortSignal.timeout(PATIENCE_MILLIS));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function assertFalse({ outcome, why }: Recomputed, round: number): void {
  if (outcome === 'false') return;
  if (outcome === 'true') {
    throw new TributaryError('dispute/not-false', `round ${round} is as the evidence recomputes it: ${why}`);
  }
  throw new TributaryError('dispute/not-recomputed', `round ${round} could not be recomputed: ${why}`);
}

type Stated = Readonly<{ job: number; settlement: SettlementOnChain; found: Recomputed | null }>;

/** The challenger's own block: what is wrong, and with which posting. @returns its digest */
async function state(
  store: BlockStore | null,
  { contracts }: Acting,
  { job, settlement, found }: Stated,
): Promise<Bytes32> {
  const { chainId, escrow } = contracts.deployment;
  const { round, attempt, head, manifest } = settlement;
  const block: Challenge = challengeOf({
    ...{ chainId, escrow, job, round, attempt, head },
    code: found?.code ?? 'dispute/unproven',
    detail: found?.why ?? 'the challenger states nothing that it recomputed',
    blocks: [cidFromDigest('dag-cbor', fromHex(manifest)).toString()],
  });
  const { cid, bytes } = encodeBlock(block);
  if (store !== null) {
    await store.put('dag-cbor', bytes);
    await store.pin(cid);
  }
  return digestHex(cid);
}
