/** `tributary arbiter judge | show | withdraw`: an answer by hand, what is open, and the fees. protocol.md §5.6 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readJudgements, recordJudgement } from '#auditor/arbiter/judgements.ts';
import { opinionOf, type Opinion } from '#auditor/arbiter/opinion.ts';
import { recomputeRound } from '#auditor/dispute/recompute.ts';
import { moneyText, readToken } from '#buyer/money.ts';
import { latestTime } from '#contracts/chain-time.ts';
import { isOngoing, readDisputes, type DisputeFacts } from '#contracts/dispute-list.ts';
import { TributaryError } from '#crypto/error.ts';
import { connectIpfs } from '#datasets/ipfs.ts';
import { arbiterHome } from '../arbiter-home.ts';
import { readingContracts } from '../chain.ts';
import { act, type Acting } from '../dispute/act.ts';
import { holderOf } from '../dispute/key.ts';
import { disputeOfRound, timeText, type PostingOptions } from '../dispute/posting.ts';
import { keystoreAddress } from '../keystore.ts';
import { progress, result } from '../output.ts';
import { readSettings, type CommonOptions, type Settings } from '../settings.ts';
import type { SigningOptions } from '../unsigned/as-account.ts';
import { withdraw as withdrawBond } from './dispute-answer.ts';
import { disputeFields, disputeText } from './dispute-show.ts';

type JudgeOptions = CommonOptions &
  SigningOptions &
  PostingOptions &
  Readonly<{ stands?: boolean; void?: boolean }>;

/** The longest that a command waits for evidence. */
const PATIENCE_MILLIS = 600_000;

/** By what it recomputes, unless --stands or --void says it. @throws TributaryError `arbiter/undecided`, `escrow/…` */
export async function judge(options: JudgeOptions): Promise<void> {
  const settings = readSettings(options);
  const { key, judgements } = arbiterHome(settings);
  await act(
    settings,
    options,
    holderOf(settings, () => key),
    async (acting) => {
      const { contracts } = acting;
      const { dispute } = await disputeOfRound(contracts, options);
      const { head, job, round, deadline } = dispute;
      await assertJudgeable(acting, dispute);
      const { stands, why } = await answerOf(settings, options, acting, dispute);
      const word = stands ? 'stands' : 'is void';
      return {
        facts: { job: options.job, round, head, stands, why, deadline },
        lines: [`round ${round} ${word}: ${why}; the time for it ends ${timeText(deadline)}`],
        async send() {
          if (!acting.dryRun) {
            const at = await latestTime(contracts);
            recordJudgement(judgements, { version: 1, head, job, round, stands, why, at });
          }
          const { transaction } = await contracts.disputes.send.judge(head, stands);
          return { value: { event: 'judged', transaction }, text: `judged: round ${round} ${word}` };
        },
      };
    },
  );
}

async function assertJudgeable({ contracts }: Acting, dispute: DisputeFacts): Promise<void> {
  const { round, status, arbiter, deadline } = dispute;
  if (contracts.account !== arbiter) {
    throw new TributaryError(
      'escrow/not-arbiter',
      `the job's arbiter is ${arbiter}, this account is ${contracts.account}`,
    );
  }
  if (status !== 'defended')
    throw new TributaryError('escrow/wrong-status', `the dispute of round ${round} is ${status}`);
  if ((await latestTime(contracts)) > deadline)
    throw new TributaryError('escrow/deadline-over', `the time for a judgement ended ${timeText(deadline)}`);
}

async function answerOf(
  settings: Settings,
  options: JudgeOptions,
  acting: Acting,
  dispute: DisputeFacts,
): Promise<Readonly<{ stands: boolean; why: string }>> {
  if (options.stands === true || options.void === true) {
    return { stands: options.stands === true, why: 'judged by hand' };
  }
  const { says, why } = await opinion(settings, acting, dispute);
  if (says === 'stands' || says === 'void') return { stands: says === 'stands', why };
  throw new TributaryError('arbiter/undecided', `nothing follows yet: ${why}`);
}

async function opinion(
  settings: Settings,
  { contracts, key }: Acting,
  dispute: DisputeFacts,
): Promise<Opinion> {
  progress(`recomputing round ${dispute.round}`);
  const folder = await mkdtemp(join(tmpdir(), 'tributary-arbiter-'));
  try {
    const recomputing = { contracts, store: connectIpfs(settings.ipfs), folder, key };
    const found = await recomputeRound(recomputing, dispute, AbortSignal.timeout(PATIENCE_MILLIS));
    const [window, now] = [await contracts.disputes.read.judgementWindow(), await latestTime(contracts)];
    return opinionOf(found, { now, deadline: dispute.deadline, window });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What it was asked, what it answered and why, and what it may withdraw; needs no password. */
export async function show(options: CommonOptions & Readonly<{ all?: boolean }>): Promise<void> {
  const settings = readSettings(options);
  const { key, judgements } = arbiterHome(settings);
  const arbiter = keystoreAddress(key);
  const contracts = await readingContracts(settings);
  try {
    const token = await readToken(contracts);
    const { listed, arbiterFee } = await contracts.policy.read.arbiterOf(arbiter);
    const fees = await contracts.disputes.read.credits(arbiter);
    const own = (await readDisputes(contracts, null)).filter((dispute) => dispute.arbiter === arbiter);
    const shown = own.filter((dispute) => options.all === true || isOngoing(dispute));
    const recorded = readJudgements(judgements);
    const disputes = await Promise.all(
      shown.map(async (dispute) => ({
        ...(await disputeFields(contracts, dispute)),
        judgement: recorded.get(dispute.head) ?? null,
      })),
    );
    const texts = await Promise.all(
      shown.map(async (dispute) => {
        const why = recorded.get(dispute.head)?.why;
        return `${await disputeText(contracts, dispute)}${why === undefined ? '' : `\n  judged because: ${why}`}`;
      }),
    );
    const standing = listed
      ? `listed at ${moneyText(arbiterFee, token)} a dispute`
      : 'not listed for new jobs';
    result(
      settings.json,
      { event: 'arbiter', arbiter, listed, arbiterFee, fees, disputes },
      [
        `arbiter ${arbiter}, ${standing}; ${moneyText(fees, token)} to withdraw`,
        ...(texts.length === 0 ? [options.all === true ? 'no disputes' : 'no open disputes'] : texts),
      ].join('\n'),
    );
  } finally {
    contracts.provider.destroy();
  }
}

export async function withdraw(options: CommonOptions & SigningOptions): Promise<void> {
  await withdrawBond({ ...options, key: arbiterHome(readSettings(options)).key });
}
