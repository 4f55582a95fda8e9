/** Whose a database is: jobs are numbered by one escrow, and settled from one account. */
import { TributaryError } from '#crypto/error.ts';
import type { Address } from '#protocol/units.ts';
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
