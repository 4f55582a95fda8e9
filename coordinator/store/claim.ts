/** Whose a database is: jobs are numbered by one escrow, and settled from one account. */
import { TributaryError } from '#crypto/error.ts';
import type { Address } from '#protocol/units.ts';
import type { Blobs } from '../blobs/blobs.ts';
import type { Database } from './database.ts';

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
 * Sees that these are the blobs of the other coordinators too: each reads what any of them took in.
 *
 * @throws TributaryError `database/other-blobs`
 */
export async function claimBlobs(database: Database, blobs: Pick<Blobs, 'name' | 'where'>): Promise<void> {
  const name = await blobs.name();
  const [row] = await database.commit(({ query }) =>
    query<{ blobs: string }>('update coordinator set blobs = coalesce(blobs, $1) returning blobs', [name]),
  );
  if (row?.blobs === name) return;
  throw new TributaryError(
    'database/other-blobs',
    `other coordinators of this database keep masked inputs and evidence elsewhere than in ${blobs.where}: share one place (--blobs)`,
  );
}
