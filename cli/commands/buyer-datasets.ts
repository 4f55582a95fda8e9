/** `tributary buyer datasets`: what is for sale, by chain and IPFS. protocol.md §5.1, §6.1 */
import { readCatalogue, type Listing, type Unreadable } from '#buyer/catalogue.ts';
import { filterListings, type CatalogueFilter } from '#buyer/catalogue-filter.ts';
import { moneyText, readToken, type Token } from '#buyer/money.ts';
import { connectIpfs } from '#datasets/ipfs.ts';
import { readingContracts } from '../chain.ts';
import { progress, result } from '../output.ts';
import { readSettings, type CommonOptions } from '../settings.ts';

/** One JSON object a dataset: with `--json`, a line each, and the count last. */
export async function datasets(options: CommonOptions & CatalogueFilter): Promise<void> {
  const settings = readSettings(options);
  const contracts = await readingContracts(settings);
  try {
    const token = await readToken(contracts);
    const { listings, unreadable } = await readCatalogue(
      contracts,
      connectIpfs(settings.ipfs),
      null,
      (read, of) => progress(`read ${read} of ${of} descriptors`),
    );
    const found = filterListings(listings, options);
    for (const listing of found) {
      result(settings.json, { event: 'dataset', ...fieldsOf(listing) }, textOf(listing, token));
    }
    for (const one of unreadable) {
      result(settings.json, { event: 'unreadable', ...one }, unreadableText(one));
    }
    result(
      settings.json,
      {
        event: 'datasets',
        shown: found.length,
        of: listings.length,
        unreadable: unreadable.length,
        paymentToken: token,
      },
      `${found.length} of ${listings.length} datasets, ${unreadable.length} unreadable`,
    );
  } finally {
    contracts.provider.destroy();
  }
}

const fieldsOf = ({ dataset, owner, descriptor, offers }: Listing) => ({
  dataset,
  owner,
  name: descriptor.name,
  description: descriptor.description,
  license: descriptor.license,
  columns: descriptor.columns,
  label: descriptor.label,
  rowsBucket: descriptor.rowsBucket,
  offers: offers.map(({ token, price, left, validUntil }) => ({ token, price, left, validUntil })),
  policy: descriptor.policy,
});

/** An owner's words are anyone's: nothing in them may draw on a terminal. */
const plain = (text: string): string => text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '�');

const day = (seconds: number): string =>
  new Date(Math.min(seconds, 8.64e12) * 1000).toISOString().slice(0, 10);

function textOf({ dataset, owner, descriptor, offers }: Listing, token: Token): string {
  const { columns, label, policy } = descriptor;
  const count = (type: string) => columns.filter((column) => column.type === type).length;
  const types = ['number', 'category', 'text'].filter((type) => count(type) > 0);
  const target = label.type === 'class' ? `one of ${label.classes.join(', ')}` : 'a number';
  const coordinators = policy.coordinators === 'any' ? 'any' : policy.coordinators.join(', ');
  return [
    `dataset ${dataset}: ${plain(descriptor.name)}, of ${owner}`,
    `  ${types.map((type) => `${count(type)} ${type}`).join(', ')} columns: ${columns.map(({ name }) => name).join(', ')}`,
    `  label ${label.name}: ${target}; ${descriptor.rowsBucket} rows or more`,
    ...offers.map(
      (offer) =>
        `  token ${offer.token}: ${moneyText(offer.price, token)} a round, ${offer.left} left, until ${day(offer.validUntil)}`,
    ),
    `  wants ${policy.minimumCohort} owners that it vouches for, at most ${policy.maximumRounds} rounds; layers ${policy.layers.join(', ')}; coordinators ${coordinators}`,
    '',
  ].join('\n');
}

const unreadableText = ({ dataset, code, message }: Unreadable): string =>
  `dataset ${dataset}: unreadable: ${plain(message)} (${code})\n`;
