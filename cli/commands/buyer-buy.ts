/** `tributary buyer buy`: access ahead of a launch; run again, it buys only what is missing. protocol.md §5.1 */
import { buyAccess } from '#buyer/buy.ts';
import { settlePending } from '#buyer/chain-time.ts';
import { moneyText, readToken } from '#buyer/money.ts';
import { assertAffordable, assertAgreed, quoteJob, tokensOf } from '#buyer/quote.ts';
import { TributaryError } from '#crypto/error.ts';
import { buyerSetting } from '../buyer-home.ts';
import { progress, result } from '../output.ts';
import { readSettings, type CommonOptions } from '../settings.ts';
import { askFor } from './buyer-consent.ts';
import { quoteText } from './buyer-quote.ts';

type BuyOptions = CommonOptions &
  Readonly<{ datasets: number[]; rounds: number; maxCost?: bigint; yes?: boolean; dryRun?: boolean }>;

/** @throws TributaryError `quote/over-limit` where it would cost more than --max-cost */
export async function buy(options: BuyOptions): Promise<void> {
  const settings = readSettings(options);
  const { contracts, key } = await buyerSetting(settings);
  const { datasets, rounds, maxCost } = options;
  const wanted = { datasets, rounds, bonusPool: 0n, conditions: null };
  try {
    await settlePending(contracts, contracts.account);
    const found = await quoteJob(contracts, contracts.account, wanted);
    const token = await readToken(contracts);
    const text = quoteText(found, token);
    if (maxCost !== undefined && found.toPay > maxCost) {
      throw new TributaryError(
        'quote/over-limit',
        `${found.toPay} base units are to be paid, at most ${maxCost} may be: buy fewer rounds, or allow more`,
      );
    }
    if (options.dryRun === true) {
      result(
        settings.json,
        { event: 'dry-run', ...found, paymentToken: token },
        `${text}\nnothing was signed or sent`,
      );
      return;
    }
    assertAffordable(found);
    progress(text);
    if (found.toPay > 0n) await askFor(`Buy these units for ${moneyText(found.toPay, token)}?`, options.yes);
    const agreed = { lines: found.lines, conditions: null, limit: null };
    const now = await quoteJob(contracts, contracts.account, wanted, tokensOf(agreed));
    assertAgreed(now, agreed);
    await buyAccess(contracts, now, key, (line) =>
      progress(`bought ${line.toBuy} of token ${line.token} for ${moneyText(line.cost, token)}`),
    );
    result(
      settings.json,
      { event: 'bought', lines: now.lines, paid: now.toPay, paymentToken: token },
      `paid ${moneyText(now.toPay, token)}; units that no job takes come back with tributary buyer refund`,
    );
  } finally {
    contracts.provider.destroy();
  }
}
