/** `tributary admin show`: what is asked of new jobs, who may change it, and what is announced. protocol.md §5.7 */
import { administrationFacts, type AdministrationFacts } from '#contracts/administration-facts.ts';
import { timeText } from '#contracts/governing.ts';
import { readingContracts } from '../chain.ts';
import { result, table } from '../output.ts';
import { readSettings, type CommonOptions } from '../settings.ts';

export async function show(options: CommonOptions): Promise<void> {
  const settings = readSettings(options);
  const contracts = await readingContracts(settings);
  try {
    const facts = await administrationFacts(contracts);
    result(settings.json, { event: 'administration', ...facts }, factsText(facts));
  } finally {
    contracts.provider.destroy();
  }
}

function factsText(facts: AdministrationFacts): string {
  const { fee, maxFee, feeRecipient, paused, floors, arbiters, roles, announced } = facts;
  return [
    `new jobs: ${paused ? 'paused' : 'can be opened'}`,
    `fee: ${fee} basis points of a unit's price (at most ${maxFee}), to ${feeRecipient}`,
    `floors: round timeout ${floors.minRoundTimeout} s, windows ${floors.minShortWindow} s and ${floors.minLongWindow} s`,
    `disputes: ${facts.defenceWindow} s to answer, ${facts.judgementWindow} s to judge`,
    '',
    table(
      ['arbiter', 'fee'],
      arbiters.map((one) => [one.address, String(one.fee)]),
    ),
    '',
    table(
      ['role', 'account', 'delay in seconds'],
      roles.map(({ role, account, delay }) => [role, account, String(delay)]),
    ),
    '',
    ...(announced.length === 0 ? ['nothing is announced'] : announced.map(announcedText)),
  ].join('\n');
}

const announcedText = ({
  operation,
  what,
  caller,
  state,
  from,
  until,
}: AdministrationFacts['announced'][number]) =>
  `${operation.slice(0, 10)}  ${what} by ${caller}: ${state === 'due' ? 'can be made' : 'can be made from'} ` +
  `${state === 'due' ? '' : `${timeText(from)} `}until ${timeText(until)}`;
