/** `tributary buyer quote`: what a job would cost, from the chain as it is now. protocol.md §5.1 */
import { quoteJob, type Quote } from '#buyer/quote.ts';
import { buyerSetting } from '../buyer-home.ts';
import { result, table } from '../output.ts';
import { readSettings, type CommonOptions } from '../settings.ts';

export type QuoteOptions = CommonOptions & Readonly<{ datasets: number[]; rounds: number; bonus: string }>;

export async function quote(options: QuoteOptions): Promise<void> {
  const settings = readSettings(options);
  const { contracts } = await buyerSetting(settings);
  const { datasets, rounds, bonus } = options;
  const found = await quoteJob(contracts, contracts.account, { datasets, rounds, bonusPool: BigInt(bonus) });
  contracts.provider.destroy();
  result(settings.json, { event: 'quote', ...found }, quoteText(found));
}

export function quoteText({ lines, bonusPool, total, toPay, balance }: Quote): string {
  const rows = lines.map(({ dataset, token, price, units, held, cost }) =>
    [dataset, token, price, units, held, cost].map(String),
  );
  return [
    table(['dataset', 'token', 'price', 'units', 'held', 'to pay'], rows),
    `bonus ${bonusPool}, total ${total}, still to pay ${toPay}, balance ${balance}`,
  ].join('\n');
}
