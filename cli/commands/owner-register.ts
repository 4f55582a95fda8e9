/** `tributary owner register`: describe a dataset, register it on chain, offer access to it. protocol.md §5.1 */
import { latestTime } from '#contracts/chain-time.ts';
import { TributaryError } from '#crypto/error.ts';
import { connectIpfs } from '#datasets/ipfs.ts';
import { digestHex } from '#model/model-store.ts';
import { cidOf } from '#protocol/dag.ts';
import { amount } from '#protocol/units.ts';
import { progress, result } from '../output.ts';
import { ownerHome } from '../owner-home.ts';
import { describe, schemaFrom, type Described } from '../registration/description.ts';
import { offerAccess, registerOnChain } from '../registration/on-chain.ts';
import { readSettings, type CommonOptions } from '../settings.ts';
import type { SigningOptions } from '../unsigned/as-account.ts';
import { asOwner } from '../unsigned/as-owner.ts';

type RegisterOptions = CommonOptions &
  SigningOptions &
  Described &
  Readonly<{ price: string; cap: number; validDays: number }>;

const DAY = 86_400;

export async function register(options: RegisterOptions): Promise<void> {
  const settings = readSettings(options);
  const home = ownerHome(settings);
  const done = home.registration();
  if (done) {
    throw new TributaryError(
      'owner/registered',
      `this home registered dataset ${done.dataset} already: use another home`,
    );
  }
  const price = BigInt(parseAmount(options.price));
  const schema = await schemaFrom(options);
  const operator = home.operatorAddress();
  const descriptorOf = async (date: string) => {
    const { bytes, rows } = await describe(options, schema, { price, salt: home.salt(), date });
    return { bytes, rows, descriptor: digestHex(cidOf('raw', bytes)) };
  };
  if (options.dryRun === true) {
    const { descriptor, rows } = await descriptorOf(today());
    result(
      settings.json,
      { event: 'described', descriptor, operator, price, rows },
      `would publish the descriptor ${descriptor}: at least ${rows} rows, ${price} base units a round`,
    );
  }
  await asOwner(settings, options, async ({ contracts, remember }) => {
    // Cut between its two transactions, the command must go on with the same descriptor and the same offer.
    const { bytes, rows, descriptor } = await descriptorOf(remember('date', today));
    if (options.dryRun !== true) {
      progress('publishing the descriptor');
      const store = connectIpfs(settings.ipfs);
      await store.pin(await store.put('raw', bytes));
    }
    progress('registering on chain');
    const dataset = await registerOnChain(contracts, descriptor, operator);
    // The chain's clock decides, not this machine's.
    const now = await latestTime(contracts);
    const until = BigInt(remember('until', () => String(now + options.validDays * DAY)));
    const token = await offerAccess(contracts, { dataset, descriptor, price, until, cap: options.cap });
    home.register({ dataset, token, descriptor, schema });
    const owner = contracts.account;
    result(
      settings.json,
      { event: 'registered', dataset, token, descriptor, owner, operator, price, rows },
      `dataset ${dataset}, access token ${token}, ${price} base units a round`,
    );
  });
}

const today = (): string => new Date().toISOString().slice(0, 10);

function parseAmount(text: string): string {
  const parsed = amount.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new TributaryError('settings/bad-amount', `"${text}" is no amount: write whole base units`);
}
