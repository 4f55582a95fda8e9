/** `tributary buyer quote`: what a job would cost, from the chain as it is now. protocol.md §5.1 */
import { moneyText, readToken, type Token } from '#buyer/money.ts';
import { quoteJob, type Quote } from '#buyer/quote.ts';
import { buyerSetting } from '../buyer-home.ts';
import { result, table } from '../output.ts';
import { readSettings, type CommonOptions } from '../settings.ts';

export type QuoteOptions = CommonOptions & Readonly<{ datasets: number[]; rounds: number; bonus: bigint }>;

export async function quote(options: QuoteOptions): Promise<void> {
  const settings = readSettings(options);
  const { contracts } = await buyerSetting(settings);
  const { datasets, rounds, bonus } = options;
  const found = await quoteJob(contracts, contracts.account, { datasets, rounds, bonusPool: bonus });
  const token = await readToken(contracts);
  contracts.provider.destroy();
  result(settings.json, { event: 'quote', ...found, paymentToken: token }, quoteText(found, token));
}

export function quoteText({ lines, bonusPool, total, toPay, balance }: Quote, token: Token): string {
  const rows = lines.map((line) =>
    [line.dataset, line.token, line.price, line.units, line.held, line.cost].map(String),
  );
  return [
    table(['dataset', 'token', 'price', 'units', 'held', 'to pay'], rows),
    `bonus ${moneyText(bonusPool, token)}`,
    `total ${moneyText(total, token)}, still to pay ${moneyText(toPay, token)}`,
    `balance ${moneyText(balance, token)}`,
  ].join('\n');
}
