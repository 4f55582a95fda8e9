/** `tributary dispute show`: every dispute of a job, or of the deployment, as the chain holds it. protocol.md §5.6 */
import { moneyText, readToken } from '#buyer/money.ts';
import type { Contracts } from '#contracts/connect.ts';
import { isOngoing, readDisputes, readFiled, type DisputeFacts } from '#contracts/dispute-list.ts';
import { fromHex } from '#crypto/bytes.ts';
import { cidFromDigest } from '#protocol/dag.ts';
import { formatJobId } from '#protocol/job-id.ts';
import { readingContracts } from '../chain.ts';
import { timeText } from '../dispute/posting.ts';
import { jobNumber } from '../job-option.ts';
import { result } from '../output.ts';
import { readSettings, type CommonOptions } from '../settings.ts';

/** Needs no key. */
export async function showDisputes(options: CommonOptions & Readonly<{ job?: string }>): Promise<void> {
  const settings = readSettings(options);
  const contracts = await readingContracts(settings);
  try {
    const job = options.job === undefined ? null : jobNumber(options.job, contracts.deployment);
    const disputes = await readDisputes(contracts, job);
    const told = await Promise.all(disputes.map((dispute) => disputeFields(contracts, dispute)));
    const texts = await Promise.all(disputes.map((dispute) => disputeText(contracts, dispute)));
    result(
      settings.json,
      { event: 'disputes', disputes: told },
      texts.length === 0 ? 'no round was disputed' : texts.join('\n'),
    );
  } finally {
    contracts.provider.destroy();
  }
}

/** For machines; filed evidence as CIDs. */
export async function disputeFields(contracts: Contracts, dispute: DisputeFacts) {
  const filed = await readFiled(contracts, dispute);
  return {
    ...dispute,
    job: formatJobId({ ...contracts.deployment, job: dispute.job }),
    filed: filed.map(({ party, evidence }) => ({ party, evidence: cidText(evidence) })),
  };
}

/** For people: what it is about, what comes next and until when, who filed what. */
export async function disputeText(contracts: Contracts, dispute: DisputeFacts): Promise<string> {
  const { round, status, challenger, defender, arbiter, bond, arbiterFee } = dispute;
  const token = await readToken(contracts);
  const filed = await readFiled(contracts, dispute);
  const who = (party: string) =>
    party === challenger ? 'challenger' : party === defender ? 'defender' : party;
  return [
    `${formatJobId({ ...contracts.deployment, job: dispute.job })}, round ${round}: ${nextText(dispute)}`,
    `  challenger ${challenger}, defender ${defender ?? 'none yet'}, arbiter ${arbiter}`,
    `  bond ${moneyText(bond, token)} of each side, of the loser's ${moneyText(arbiterFee, token)} to the arbiter; head ${dispute.head}`,
    ...filed.map(({ party, evidence }) => `  filed by the ${who(party)}: ${cidText(evidence)}`),
    ...(isOngoing(dispute) && status === 'defended'
      ? [
          `  if the arbiter is silent it ${dispute.quorum ? 'stands: it has a quorum' : 'is void: it has no quorum'}`,
        ]
      : []),
  ].join('\n');
}

function nextText({ status, deadline, fallen }: DisputeFacts): string {
  if (fallen) return 'fell with an earlier round; anyone may conclude it';
  if (status === 'open') return `open; the coordinator, or anyone, may defend it until ${timeText(deadline)}`;
  if (status === 'defended') return `defended; the arbiter may judge until ${timeText(deadline)}`;
  return status;
}

const cidText = (digest: string): string => cidFromDigest('dag-cbor', fromHex(digest)).toString();
