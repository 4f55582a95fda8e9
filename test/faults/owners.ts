/** Owners of a stage: rows, a published descriptor, an offer; and their clients, in this process or in one each. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startClient, type ClientOptions } from '#client/agent.ts';
import type { Hold } from '#client/hold.ts';
import { fromHex, toHex } from '#crypto/bytes.ts';
import { commitFile } from '#datasets/commitment.ts';
import { parseDescriptor } from '#datasets/descriptor.ts';
import { connectIpfs } from '#datasets/ipfs.ts';
import { defaultReading } from '#datasets/schema.ts';
import { weightBucket } from '#protocol/rules/weight.ts';
import { descriptorOf, features, listDataset, prices } from '#test/buyer/stage.ts';
import { at, type World } from '#test/contracts/world.ts';
import { newFolder } from '#test/coordinator/store/folder.ts';
import { digestOfText, operatorKey } from '#test/support/cohort.ts';
import { seededChance } from '#test/support/faulty-proxy.ts';
import { spawnClient, type ClientProcess } from './client-process.ts';

/** Of these owners three must be there. */
export const OWNERS = prices.length;
export const THRESHOLD = 3;
const ROWS = 24;

export type Owner = Readonly<{
  index: number;
  dataset: number;
  token: number;
  home: string;
  csv: string;
  salt: Uint8Array;
}>;

/** Where clients reach chain and IPFS. */
export type Doors = Readonly<{ rpcUrl: string; ipfsUrl: string }>;

export async function listOwners(world: World, ipfsUrl: string): Promise<Owner[]> {
  const store = connectIpfs(ipfsUrl);
  const owners: Owner[] = [];
  for (const [index, price] of prices.entries()) {
    const home = await newFolder();
    const csv = join(home, 'rows.csv');
    writeFileSync(csv, rowsOf(index));
    const salt = fromHex(digestOfText(`salt ${index}`));
    const { columns, label } = parseDescriptor(descriptorOf(world, index));
    const { root, rows } = await commitFile(csv, { reading: defaultReading(csv), columns, label }, salt);
    const change = { rowsRoot: root, rowsBucket: weightBucket(rows) };
    const listed = await listDataset(world, { ...store, blocks: new Map() }, index, price, change);
    owners.push({ index, ...listed, home, csv, salt });
  }
  return owners;
}

/** A client in the process of the test. */
export function runClient(
  world: World,
  { rpcUrl, ipfsUrl }: Doors,
  owner: Owner,
  say: (line: string) => void,
): Readonly<{ stop(): Promise<void> }> {
  const { home, csv, salt, dataset, index } = owner;
  const log: ClientOptions['log'] = {
    info: () => undefined,
    warn: (_, message) => say(`owner ${index}: ${message}`),
  };
  return startClient({
    ...{ folder: home, csv, salt, dataset, rpcUrl, ipfsUrl, log },
    ...{ deployment: world.deployment, key: operatorKey(index) },
  });
}

/** The same in one of its own. */
export const forkClient = (
  world: World,
  { rpcUrl, ipfsUrl }: Doors,
  { home, csv, salt, dataset, index }: Owner,
  { hold = null, skewSeconds = 0 }: Readonly<{ hold?: Hold | null; skewSeconds?: number }> = {},
): Promise<ClientProcess> =>
  spawnClient({
    ...{ folder: home, csv, dataset, rpcUrl, ipfsUrl, hold, skewSeconds },
    ...{ deployment: world.deployment, key: operatorKey(index).privateKey, salt: toHex(salt) },
  });

/** Rows that a small network can learn something of, each owner's its own. */
function rowsOf(owner: number): string {
  const chance = seededChance(`rows of ${owner}`);
  const rows = Array.from({ length: ROWS }, () => {
    const values = features.map(() => (4 * (chance() + chance()) - 4).toFixed(4));
    const yes = values.reduce((sum, value) => sum + Number(value), 0) + 2 * (chance() - 0.5) > 0;
    return [...values, yes ? 'yes' : 'no'].join(',');
  });
  return [[...features, 'malignant'].join(','), ...rows, ''].join('\n');
}

/** What an owner's account holds, in base units. */
export const coinsOf = (world: World, { index }: Owner): Promise<bigint> =>
  world.stranger.contracts.paymentToken.read.balanceOf(at(world.owners, index).address);
