/** `tributary owner register`: describe a dataset, register it on chain, offer access to it. protocol.md §5.1 */
import { toHex } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import type { SendingContracts } from '#contracts/connect.ts';
import { commitTable } from '#datasets/commitment.ts';
import { csvColumns } from '#datasets/csv-columns.ts';
import { loadCsv } from '#datasets/csv.ts';
import { describeDataset } from '#datasets/descriptor.ts';
import { connectIpfs } from '#datasets/ipfs.ts';
import { makePolicy } from '#datasets/policy.ts';
import { digestHex } from '#model/model-store.ts';
import { cidOf } from '#protocol/dag.ts';
import { weightBucket } from '#protocol/rules/weight.ts';
import { amount, toAddress, type Address, type Bytes32 } from '#protocol/units.ts';
import { sendingContracts } from '../chain.ts';
import { progress, result } from '../output.ts';
import { ownerHome } from '../owner-home.ts';
import { readSettings, type CommonOptions } from '../settings.ts';

type RegisterOptions = CommonOptions &
  Readonly<{
    data: string;
    label: string;
    name: string;
    description: string;
    license: string;
    price: string;
    peers: string[];
    minimumCohort: number;
    maximumRounds: number;
    cap: number;
    validDays: number;
    dryRun?: boolean;
  }>;

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
  const { bytes, features, rows } = await describe(options, price, home.salt());
  const owner = await home.ownerKey();
  const operator = home.operatorAddress();
  const digest = digestHex(cidOf('raw', bytes));
  const plan = {
    descriptor: digest,
    owner: toAddress(owner.address),
    operator,
    price,
    rows: weightBucket(rows),
  };
  if (options.dryRun === true) {
    result(
      settings.json,
      { event: 'dry-run', ...plan },
      `would register ${digest} and offer it at ${price} a round`,
    );
    return;
  }
  progress('publishing the descriptor');
  const store = connectIpfs(settings.ipfs);
  await store.pin(await store.put('raw', bytes));
  const contracts = await sendingContracts(settings, owner);
  progress('registering on chain');
  const dataset = await registerOnChain(contracts, digest, operator);
  const token = await offer(contracts, dataset, digest, price, options);
  home.register({ dataset, token, descriptor: digest, features, label: options.label });
  result(
    settings.json,
    { event: 'registered', dataset, token, ...plan },
    `dataset ${dataset}, access token ${token}, ${price} base units a round`,
  );
}

async function describe(options: RegisterOptions, price: bigint, salt: Uint8Array) {
  const features = (await csvColumns(options.data)).filter((name) => name !== options.label);
  const table = await loadCsv(options.data, { features, label: options.label });
  const bytes = describeDataset({
    name: options.name,
    description: options.description,
    license: options.license,
    creator: options.name,
    datePublished: new Date().toISOString().slice(0, 10),
    url: null,
    features,
    label: options.label,
    rowsBucket: weightBucket(table.rows),
    rowsRoot: toHex(commitTable(table, salt)) as Bytes32,
    policy: makePolicy({
      peers: options.peers,
      minimumCohort: options.minimumCohort,
      minimumPrice: price,
      maximumRounds: options.maximumRounds,
      layers: ['InputLayer', 'Dense', 'Activation'],
      coordinators: 'any',
    }),
  });
  return { bytes, features, rows: table.rows };
}

async function registerOnChain(
  contracts: SendingContracts,
  digest: Bytes32,
  operator: Address,
): Promise<number> {
  const mined = await contracts.registry.send.register(digest, operator);
  const [event] = contracts.registry.events('DatasetRegistered', mined.logs);
  if (!event)
    throw new TributaryError('chain/failed', 'the registration left no event: is this the registry?');
  return Number(event.args.dataset);
}

async function offer(
  contracts: SendingContracts,
  dataset: number,
  digest: Bytes32,
  price: bigint,
  { validDays, cap }: RegisterOptions,
): Promise<number> {
  // The chain's clock decides, not this machine's.
  const now = (await contracts.provider.getBlock('latest'))?.timestamp ?? 0;
  const until = BigInt(now + validDays * DAY);
  const mined = await contracts.accessToken.send.offer(BigInt(dataset), digest, price, until, cap);
  const [event] = contracts.accessToken.events('OfferMade', mined.logs);
  if (!event)
    throw new TributaryError('chain/failed', 'the offer left no event: is this the access token contract?');
  return Number(event.args.tokenId);
}

function parseAmount(text: string): string {
  const parsed = amount.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new TributaryError('settings/bad-amount', `"${text}" is no amount: write whole base units`);
}
