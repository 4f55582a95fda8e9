/** What the two disputes came to: tables for people, one object for machines. */
import { auditText, type Audited } from '../audits.ts';
import { balancesText, type Balance } from '../purses.ts';
import { leftText, type Accounts } from './accounts.ts';
import type { Verdict } from './disputes-on-chain.ts';

/** Amounts in base units, as decimal strings. */
export type RunOutcome = Verdict &
  Readonly<{
    job: string;
    round: number;
    challenger: string;
    /** Whether the disputed posting had a quorum. */
    quorum: boolean;
    /** Of each side. */
    bond: string;
    arbiterFee: string;
    /** What the dispute moved, by account. */
    bonds: readonly Balance[];
  }>;

export type DisputeOutcome = Accounts &
  Readonly<{
    story: 'dispute';
    /** `left`: seconds that the round's window had left when it was disputed. */
    falseRoot: RunOutcome & Readonly<{ left: number }>;
    slander: RunOutcome;
    audits: readonly Audited[];
    seconds: number;
  }>;

export function disputeText({ falseRoot, slander, pay, left, audits, seconds }: DisputeOutcome): string {
  return [
    `a false payout root, disputed by the client of ${falseRoot.challenger} ${falseRoot.left} s before it was final`,
    runText(falseRoot),
    '',
    `a true round, disputed by the ${slander.challenger}`,
    runText(slander),
    '',
    'pay of both jobs, by the bitmaps on chain',
    balancesText(pay),
    '',
    leftText(left),
    ...audits.map((audited) => `${audited.job}: ${auditText(audited)}`),
    `${seconds} seconds`,
  ].join('\n');
}

const runText = ({ round, outcome, judged, bond, arbiterFee, bonds }: RunOutcome): string =>
  [
    `round ${round} ${outcome}, ${judged ? 'as the arbiter judged' : 'by a deadline'}; bond ${bond}, arbiter's fee ${arbiterFee}`,
    balancesText(bonds.filter(({ expected, got }) => expected !== '0' || got !== '0')),
  ].join('\n');
