/** `tributary buyer quote`: what a job would cost, from the chain as it is now. protocol.md §5.1 */
import { moneyText, readToken, type Token } from '#buyer/money.ts';
import { conditionsNow } from '#contracts/opening-conditions.ts';
import { quoteJob, type Quote } from '#buyer/quote.ts';
import { toAddress } from '#protocol/units.ts';
import { buyerSetting } from '../buyer-home.ts';
import { result, table } from '../output.ts';
import { readSettings, type CommonOptions } from '../settings.ts';

export type QuoteOptions = CommonOptions &
  Readonly<{ datasets: number[]; rounds: number; bonus: bigint; arbiter?: string }>;

export async function quote(options: QuoteOptions): Promise<void> {
  const settings = readSettings(options);
  const { contracts } = await buyerSetting(settings);
  const { datasets, rounds, bonus, arbiter } = options;
  const conditions = await conditionsNow(contracts, arbiter === undefined ? undefined : toAddress(arbiter));
  const wanted = { datasets, rounds, bonusPool: bonus, conditions };
  const found = await quoteJob(contracts, contracts.account, wanted);
  const token = await readToken(contracts);
  contracts.provider.destroy();
  result(settings.json, { event: 'quote', ...found, paymentToken: token }, quoteText(found, token));
}

export function quoteText(quote: Quote, token: Token): string {
  const { lines, bonusPool, total, toPay, balance } = quote;
  const rows = lines.map((line) =>
    [line.dataset, line.token, line.price, line.units, line.held, line.cost].map(String),
  );
  return [
    table(['dataset', 'token', 'price', 'units', 'held', 'to pay'], rows),
    `bonus ${moneyText(bonusPool, token)}`,
    ...conditionsText(quote, token),
    `total ${moneyText(total, token)}, still to pay ${moneyText(toPay, token)}`,
    `balance ${moneyText(balance, token)}`,
  ].join('\n');
}

function conditionsText({ fees, conditions }: Quote, token: Token): string[] {
  if (conditions === null) return [];
  const { fee, arbiter } = conditions;
  return [
    `fee ${moneyText(fees, token)}: ${fee / 100} % of each unit, which comes back with a unit that is not earned`,
    `arbiter ${arbiter.address}, ${moneyText(arbiter.fee, token)} an answer, from the bond of whoever loses`,
  ];
}
