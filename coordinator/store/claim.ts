/** Whose a database is: jobs are numbered by one escrow, and settled from one account. */
import { randomUUID } from 'node:crypto';
import { link, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { TributaryError } from '#crypto/error.ts';
import type { Address } from '#protocol/units.ts';
import type { Database } from './database.ts';
import { disk, isCode, writeDurably } from './files.ts';

export type Owner = Readonly<{ chainId: number; escrow: Address; coordinator: Address }>;

type Row = Readonly<{ chain_id: number; escrow: string; address: string }>;

/** Takes a new database, and finds again its own. @throws TributaryError `database/other-coordinator` */
export async function claim(database: Database, { chainId, escrow, coordinator }: Owner): Promise<void> {
  const [row] = await database.commit(async ({ query }) => {
    await query(
      'insert into coordinator (chain_id, escrow, address) values ($1, $2, $3) on conflict do nothing',
      [...[chainId, escrow, coordinator]],
    );
    return query<Row>('select chain_id, escrow, address from coordinator');
  });
  if (row?.chain_id === chainId && row.escrow === escrow && row.address === coordinator) return;
  throw new TributaryError(
    'database/other-coordinator',
    `the database is of coordinator ${row?.address} for escrow ${row?.escrow} on chain ${row?.chain_id}: give ${coordinator} for ${escrow} on chain ${chainId} its own`,
  );
}

/**
 * Sees that this is the folder of the other coordinators too: each reads what any of them took in.
 *
 * @throws TributaryError `database/other-blobs`
 */
export async function claimFolder(database: Database, folder: string): Promise<void> {
  const name = await nameOf(folder);
  const [row] = await database.commit(({ query }) =>
    query<{ blobs: string }>('update coordinator set blobs = coalesce(blobs, $1) returning blobs', [name]),
  );
  if (row?.blobs === name) return;
  throw new TributaryError(
    'database/other-blobs',
    `other coordinators of this database keep masked inputs and evidence elsewhere than in ${folder}: share one folder (--blobs)`,
  );
}

/** What a folder is called wherever it is mounted: drawn once, by whoever is first. */
async function nameOf(folder: string): Promise<string> {
  const path = join(folder, 'name');
  const draft = `${path}.${randomUUID()}`;
  await writeDurably(disk, draft, [new TextEncoder().encode(randomUUID())]);
  try {
    await link(draft, path);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
  } finally {
    await rm(draft, { force: true });
  }
  return readFile(path, 'utf8');
}
