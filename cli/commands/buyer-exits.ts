/** `tributary buyer cancel | refund`: every way out, and the money that comes back. protocol.md §5 */
import { cancelJob } from '#buyer/exits.ts';
import { moneyText, readToken, type Token } from '#buyer/money.ts';
import { takeRefunds, type RefundStep } from '#buyer/refund.ts';
import { findRefundable, type JobRefund, type Refundable } from '#buyer/refundable.ts';
import { readJobFacts } from '#contracts/job-facts.ts';
import { buyerSetting } from '../buyer-home.ts';
import { jobNumber } from '../job-option.ts';
import { progress, result } from '../output.ts';
import { readSettings, type CommonOptions } from '../settings.ts';

type ExitOptions = CommonOptions & Readonly<{ dryRun?: boolean }>;

export async function cancel(options: ExitOptions, text: string): Promise<void> {
  const settings = readSettings(options);
  const { contracts } = await buyerSetting(settings);
  try {
    const job = jobNumber(text, contracts.deployment);
    const token = await readToken(contracts);
    if (options.dryRun === true) {
      // What the escrow would refuse is refused here too.
      await contracts.escrow.simulate.cancel(BigInt(job));
      const { jobs } = await findRefundable(contracts, contracts.account, job);
      const worth = jobs[0]?.worth ?? 0n;
      result(
        settings.json,
        { event: 'dry-run', job: text, worth, paymentToken: token },
        `would stop job ${text}; ${moneyText(worth, token)} would come back, less a round that is under way`,
      );
      return;
    }
    await cancelJob(contracts, job);
    const { state, cutoff } = await readJobFacts(contracts, job);
    const what =
      state === 'cancelled'
        ? 'is cancelled'
        : `takes no round after ${new Date(cutoff * 1000).toISOString()}`;
    result(
      settings.json,
      { event: 'cancelled', job: text, state, cutoff },
      `job ${text} ${what}; tributary buyer refund takes the rest back`,
    );
  } finally {
    contracts.provider.destroy();
  }
}

/** Run again, it does what is left to do. */
export async function refund(options: ExitOptions, text?: string): Promise<void> {
  const settings = readSettings(options);
  const { contracts } = await buyerSetting(settings);
  try {
    const job = text === undefined ? null : jobNumber(text, contracts.deployment);
    const token = await readToken(contracts);
    if (options.dryRun === true) {
      const found = await findRefundable(contracts, contracts.account, job);
      result(
        settings.json,
        { event: 'dry-run', ...found, paymentToken: token },
        `${refundableText(found, token)}\nnothing was signed or sent`,
      );
      return;
    }
    const done = await takeRefunds(contracts, job, (step) => progress(stepText(step, token)));
    result(
      settings.json,
      { event: 'refunded', ...done, paymentToken: token },
      `${moneyText(done.returned, token)} came back\n${refundableText(done.left, token)}`,
    );
  } finally {
    contracts.provider.destroy();
  }
}

function stepText(step: RefundStep, token: Token): string {
  switch (step.step) {
    case 'redeemed':
      return `${step.units} unused units of token ${step.token}: ${moneyText(step.amount, token)}`;
    case 'closed':
      return `job ${step.job} is closed`;
    case 'unearned':
      return `job ${step.job}: showed what its seats did not earn`;
    case 'withdrawn':
      return `withdrew ${moneyText(step.amount, token)}`;
    default:
      return step satisfies never;
  }
}

function refundableText({ units, jobs, credits }: Refundable, token: Token): string {
  const lines = [
    ...units.map(
      (unused) => `${unused.units} unused units of token ${unused.token}: ${moneyText(unused.worth, token)}`,
    ),
    ...jobs.map((job) => jobText(job, token)),
    ...(credits > 0n ? [`credits: ${moneyText(credits, token)}`] : []),
  ];
  return lines.length > 0 ? lines.join('\n') : 'nothing is left to come back';
}

function jobText({ job, state, worth, from }: JobRefund, token: Token): string {
  const money = moneyText(worth, token);
  switch (state) {
    case 'running':
      return `job ${job}: ${money}, were no more rounds settled; from ${new Date((from ?? 0) * 1000).toISOString()}`;
    case 'waiting':
      return from === null
        ? `job ${job}: ${money}, once the dispute of its last rounds is over`
        : `job ${job}: ${money}, from ${new Date(from * 1000).toISOString()}, when its last round is final`;
    case 'closable':
    case 'unearned':
      return `job ${job}: ${money}`;
    case 'altered':
      return `job ${job}: settled with other payouts than were earned: audit it`;
    case 'done':
      return `job ${job}: nothing more`;
    default:
      return state satisfies never;
  }
}
