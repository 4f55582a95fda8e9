/** The rows of one moment as files, and what they point at. */
import { join } from 'node:path';
import { TributaryError } from '#crypto/error.ts';
import type { Blobs } from '../blobs/blobs.ts';
import type { Database, Query, Transaction } from '../store/database.ts';
import { knownSteps, stepOf } from '../store/migrations.ts';
import { toAddress } from '#protocol/units.ts';
import { beginSnapshot, encoded, linesOfTable } from './dump.ts';
import { tableFile, type Manifest } from './format.ts';
import { writeHashed } from './hashed-file.ts';
import { underWay, type UnderWay } from './states.ts';
import { allTables, tablesOf } from './tables.ts';
import { wantedBlobs, type Wanted } from './wanted.ts';

export type Rows = Pick<Manifest, 'step' | 'owner' | 'tables'> &
  Readonly<{ underWay: readonly UnderWay[]; wanted: Wanted }>;

/** @throws TributaryError `backup/nothing`, `database/older`, `database/newer`, `storage/full` */
export const takeRows = (
  database: Pick<Database, 'commit'>,
  blobs: Pick<Blobs, 'evidence'>,
  folder: string,
  signal: AbortSignal,
): Promise<Rows> =>
  database.commit(async (transaction) => {
    await beginSnapshot(transaction);
    const { query } = transaction;
    const step = await presentStep(query);
    const owner = await ownerIn(query);
    const tables = [];
    for (const table of await tablesOf(query)) {
      signal.throwIfAborted();
      let rows = 0;
      const pieces = encoded(linesOfTable(transaction, table), () => (rows += 1));
      const file = await writeHashed(join(folder, tableFile(table.name)), pieces);
      tables.push({ table: table.name, rows, ...file });
    }
    return {
      ...{ step, owner, tables },
      underWay: await underWay(query),
      wanted: await wantedBlobs(query, blobs),
    };
  });

/** What `takeRows` would write, in short. @throws as it does */
export const countRows = (
  database: Pick<Database, 'commit'>,
  blobs: Pick<Blobs, 'evidence'>,
): Promise<Readonly<{ step: number; rows: number; blobs: number; underWay: readonly UnderWay[] }>> =>
  database.commit(async (transaction) => {
    await beginSnapshot(transaction);
    const { query } = transaction;
    const step = await presentStep(query);
    await ownerIn(query);
    const rows = await countAll(transaction);
    const wanted = await wantedBlobs(query, blobs);
    return { step, rows, blobs: wanted.blobs.length, underWay: await underWay(query) };
  });

async function countAll(transaction: Transaction): Promise<number> {
  let rows = 0;
  for (const table of await tablesOf(transaction.query)) {
    for await (const line of linesOfTable(transaction, table)) rows += line.length > 0 ? 1 : 0;
  }
  return rows;
}

/** @throws TributaryError `backup/nothing`, `database/older`, `database/newer` */
async function presentStep(query: Query): Promise<number> {
  if (!(await allTables(query)).includes('migrations')) throw nothing();
  const step = await stepOf(query);
  if (step === knownSteps) return step;
  throw step < knownSteps
    ? new TributaryError(
        'database/older',
        `the database was written by an earlier version (step ${step}, this one knows ${knownSteps}): back it up with that version, or start this one on it first`,
      )
    : new TributaryError(
        'database/newer',
        `the database was written by a later version (step ${step}, this one knows ${knownSteps}): update the program`,
      );
}

async function ownerIn(query: Query): Promise<Manifest['owner']> {
  const [row] = await query<{ chain_id: number; escrow: string; address: string }>(
    'select chain_id, escrow, address from coordinator',
  );
  if (!row) throw nothing();
  return {
    chainId: row.chain_id,
    escrow: toAddress(row.escrow),
    coordinator: toAddress(row.address),
  };
}

const nothing = (): TributaryError =>
  new TributaryError('backup/nothing', 'no coordinator has ever kept its records there: check the home');
