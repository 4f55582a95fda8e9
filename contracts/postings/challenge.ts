/** Opens the dispute of a posting that is false, with exactly its bond, at most once whoever else tries. protocol.md §5.6 */
import { toHex } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import { challengeOf } from '#protocol/challenge.ts';
import { digestOf, encodeBlock } from '#protocol/dag.ts';
import { flaw, type Flaw } from '#protocol/flaw.ts';
import { formatJobId } from '#protocol/job-id.ts';
import { toBytes32, type Address } from '#protocol/units.ts';
import { approveBond } from '../bond.ts';
import type { SendingContracts } from '../connect.ts';
import { chainError } from '../decode-error.ts';
import { readDispute } from '../dispute-list.ts';
import type { SettlementOnChain } from '../job-facts.ts';
import { settlementRecord } from '../settlement-record.ts';
import type { PostingRecord } from './record.ts';

/** What a party lets its watch do by itself. */
export type ChallengeRules = Readonly<{
  /** False: it only says what is wrong. */
  automatic: boolean;
  /** Base units; null for no limit. */
  maximumBond: bigint | null;
}>;

export type Challenging = Readonly<{
  job: number;
  contracts: SendingContracts;
  rules: ChallengeRules;
  /** Keeps a block where others find it: the party's IPFS node. */
  publish(block: Uint8Array): Promise<unknown>;
}>;

/** Disputed now, by this account or another; or the reason why not. */
export type Challenged = Readonly<{ own: boolean; challenger: Address }> | Flaw;

/**
 * Looks first: after a crash, and where another was faster, nothing is sent.
 *
 * @param urgent the window is nearly over: it is challenged though nobody finds the block yet
 * @returns a flaw `challenge/…` that says what to do; the same call may be made again
 * @throws TributaryError `chain/…`, `escrow/…`, `ipfs/…` for what passes
 */
export async function challengePosting(
  with_: Challenging,
  settlement: SettlementOnChain,
  record: PostingRecord,
  urgent = false,
): Promise<Challenged> {
  const { contracts, rules, job } = with_;
  const found = await disputed(contracts, record);
  if (found) return found;
  const byHand = handwork(with_, record.round);
  if (!rules.automatic) return flaw('challenge/off', `challenges are switched off here: ${byHand}`);
  const bond = await contracts.disputes.read.bondOf(BigInt(job));
  const unable = await fundsFlaw(with_, bond, byHand);
  if (unable) return unable;
  const { bytes, cid } = encodeBlock(blockOf(with_, record));
  await with_.publish(bytes).catch((error: unknown) => {
    if (!urgent || !(error instanceof TributaryError)) throw error;
  });
  try {
    await approveBond(contracts, bond);
    const evidence = toBytes32(toHex(digestOf(cid)));
    await contracts.disputes.send.challenge(BigInt(job), settlementRecord(settlement), evidence);
    return { own: true, challenger: contracts.account };
  } catch (error) {
    return refused(error, contracts, record, byHand);
  }
}

/** Who disputes a posting; null where nobody does yet. */
export async function disputed(
  contracts: SendingContracts,
  { head }: Pick<PostingRecord, 'head'>,
): Promise<{ own: boolean; challenger: Address } | null> {
  const found = await readDispute(contracts, head);
  return found && { own: found.challenger === contracts.account, challenger: found.challenger };
}

async function refused(
  error: unknown,
  contracts: SendingContracts,
  record: PostingRecord,
  byHand: string,
): Promise<Challenged> {
  if (!(error instanceof TributaryError)) throw error;
  if (error.code === 'escrow/already-disputed') {
    const other = await disputed(contracts, record);
    if (other) return other;
  }
  if (error.code === 'chain/insufficient-funds') return flaw('challenge/no-funds', `no gas: ${byHand}`);
  if (error.code === 'escrow/window-over') {
    return flaw('challenge/too-late', `the window of round ${record.round} is over: it is final`);
  }
  throw error;
}

/** The rest of the way for whoever has the money. */
const handwork = ({ contracts, job }: Challenging, round: number): string => {
  const { chainId, escrow } = contracts.deployment;
  const id = formatJobId({ chainId, escrow, job });
  return `run "tributary dispute challenge --job ${id} --round ${round}" from an account with bond and gas before the window is over`;
};

async function fundsFlaw(
  { contracts, rules }: Challenging,
  bond: bigint,
  byHand: string,
): Promise<Flaw | null> {
  const { account, paymentToken, provider } = contracts;
  if (rules.maximumBond !== null && bond > rules.maximumBond) {
    return flaw(
      'challenge/bond-too-high',
      `the bond is ${bond}, over --max-bond ${rules.maximumBond}: ${byHand}`,
    );
  }
  const balance = await paymentToken.read.balanceOf(account);
  if (balance < bond) {
    return flaw(
      'challenge/no-funds',
      `${account} has ${balance} of the bond of ${bond} base units: ${byHand}`,
    );
  }
  return (await gasOf(provider, account)) > 0n
    ? null
    : flaw('challenge/no-funds', `${account} has no gas to challenge with: ${byHand}`);
}

async function gasOf(provider: SendingContracts['provider'], account: Address): Promise<bigint> {
  try {
    return await provider.getBalance(account);
  } catch (error) {
    throw chainError(error, 'the balance');
  }
}

function blockOf(
  { contracts, job }: Challenging,
  { round, attempt, head, flaw: found, blocks }: PostingRecord,
) {
  const { chainId, escrow } = contracts.deployment;
  const { code, detail } = found ?? { code: 'internal/bug', detail: '' };
  return challengeOf({ chainId, escrow, job, round, attempt, head, code, detail, blocks: [...blocks] });
}
