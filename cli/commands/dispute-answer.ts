/** `tributary dispute defend | file | conclude | withdraw`: the further steps of a dispute. protocol.md §5.6 */
import { moneyText, readToken } from '#buyer/money.ts';
import { Status } from '#contracts/bindings/disputes.ts';
import { latestTime } from '#contracts/chain-time.ts';
import type { DisputeFacts } from '#contracts/dispute-list.ts';
import { TributaryError } from '#crypto/error.ts';
import { connectIpfs } from '#datasets/ipfs.ts';
import { act, type Act, type Acting } from '../dispute/act.ts';
import { approveBond, assertBond } from '../dispute/bond.ts';
import { evidenceDigest } from '../dispute/evidence-option.ts';
import { holderOf, keyFile } from '../dispute/key.ts';
import { disputeOfRound, ongoingDisputes, timeText } from '../dispute/posting.ts';
import { readSettings, type CommonOptions, type Settings } from '../settings.ts';
import type { SigningOptions } from '../unsigned/as-account.ts';
import { recomputed, type DisputeOptions } from './dispute-challenge.ts';

type KeyOptions = CommonOptions & SigningOptions & Readonly<{ key?: string }>;

const taking =
  <Options extends KeyOptions>(
    prepare: (settings: Settings, options: Options, acting: Acting) => Promise<Act>,
  ) =>
  async (options: Options): Promise<void> => {
    const settings = readSettings(options);
    const holder = holderOf(settings, () => keyFile(settings, options.key));
    await act(settings, options, holder, (acting) => prepare(settings, options, acting));
  };

/** The bond for a round: the coordinator's, or anyone's in its place. One that is known to be false is not defended, unless it is forced. */
export const defend = taking<DisputeOptions>(async (settings, options, acting) => {
  const { contracts, dryRun } = acting;
  const { facts, settlement, dispute } = await disputeOfRound(contracts, options);
  const { head, round, bond } = dispute;
  await assertDefendable(acting, dispute);
  if (options.force !== true) {
    const found = await recomputed(settings, acting, facts.job, settlement);
    if (found.outcome === 'false')
      throw new TributaryError('dispute/is-false', `round ${round}: ${found.why} (${found.code ?? ''})`);
  }
  const bondText = await assertBond(contracts, bond);
  const deadline = (await latestTime(contracts)) + (await contracts.disputes.read.judgementWindow());
  return {
    facts: { job: options.job, round, head, bond, deadline },
    lines: [
      `bond ${bondText}, to be sent until ${timeText(dispute.deadline)}; the arbiter then has until about ${timeText(deadline)}`,
    ],
    async send() {
      const store = dryRun ? null : connectIpfs(settings.ipfs);
      const evidence =
        options.evidence === undefined ? settlement.manifest : await evidenceDigest(options.evidence, store);
      await approveBond(acting, bond);
      const { transaction } = await contracts.disputes.send.defend(head, evidence);
      return {
        value: { event: 'defended', evidence, transaction },
        text: `round ${round} is defended; the arbiter has until about ${timeText(deadline)}`,
      };
    },
  };
});

async function assertDefendable({ contracts }: Acting, dispute: DisputeFacts): Promise<void> {
  const { round, status, deadline } = dispute;
  if (status !== 'open')
    throw new TributaryError('escrow/wrong-status', `the dispute of round ${round} is ${status}`);
  if ((await latestTime(contracts)) > deadline)
    throw new TributaryError('escrow/deadline-over', `the time for a defence ended ${timeText(deadline)}`);
}

export const file = taking<DisputeOptions & Readonly<{ evidence: string }>>(
  async (settings, options, { contracts, dryRun }) => {
    const { dispute } = await disputeOfRound(contracts, options);
    const { head, round, deadline } = dispute;
    return {
      facts: { job: options.job, round, head, deadline },
      lines: [`files evidence in the dispute of round ${round}; its present step ends ${timeText(deadline)}`],
      async send() {
        const evidence = await evidenceDigest(options.evidence, dryRun ? null : connectIpfs(settings.ipfs));
        const { transaction } = await contracts.disputes.send.fileEvidence(head, evidence);
        return {
          value: { event: 'filed', evidence, transaction },
          text: `filed in the dispute of round ${round}`,
        };
      },
    };
  },
);

/** By anyone: ends what a deadline or an earlier dispute has decided. */
export const conclude = taking<DisputeOptions>(async (_settings, options, { contracts }) => {
  const ongoing = await ongoingDisputes(contracts, options);
  const now = await latestTime(contracts);
  const ready = ongoing.find(({ fallen, deadline }) => fallen || now > deadline);
  const { head, round, status, deadline } = ready ?? ongoing[0];
  if (!ready)
    throw new TributaryError(
      'escrow/not-concludable-before',
      `the dispute of round ${round} is ${status}: someone may still act until ${timeText(deadline)}`,
    );
  return {
    facts: { job: options.job, round, head },
    lines: [`concludes the dispute of round ${round}, which is ${status}`],
    async send() {
      const { logs, transaction } = await contracts.disputes.send.conclude(head);
      const [concluded] = contracts.disputes.events('Concluded', logs);
      const outcome = outcomes[concluded?.args.status ?? 0] ?? 'over';
      return {
        value: { event: 'concluded', outcome, transaction },
        text: `the dispute of round ${round} is over: ${outcome}; bonds come back by "tributary dispute withdraw"`,
      };
    },
  };
});

const outcomes: Readonly<Record<number, string>> = {
  [Status.Stood]: 'stood',
  [Status.Voided]: 'voided',
  [Status.Moot]: 'moot',
};

/** Takes home what came back or was won. */
export const withdraw = taking<KeyOptions>(async (_settings, _options, { contracts }) => {
  const amount = await contracts.disputes.read.credits(contracts.account);
  if (amount === 0n)
    throw new TributaryError(
      'escrow/no-bond-to-withdraw',
      `${contracts.account} has nothing to withdraw: conclude its disputes first`,
    );
  const text = moneyText(amount, await readToken(contracts));
  return {
    facts: { amount },
    lines: [`withdraws ${text}`],
    async send() {
      const { transaction } = await contracts.disputes.send.withdraw();
      return { value: { event: 'withdrawn', transaction }, text: `withdrew ${text}` };
    },
  };
});
