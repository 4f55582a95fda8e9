/** Rows held against what the service makes of them: each by its table's schema, each attempt whole. */
import { attemptName } from '../blobs/blobs.ts';
import type { Attempt } from '../round/attempt.ts';
import type { Query, Transaction } from '../store/database.ts';
import { attemptSchema } from './attempt-schema.ts';
import { linesOfTable, steady } from './dump.ts';
import { matching } from './read-manifest.ts';
import { rowSchemas } from './row-schemas.ts';
import { statesIn } from './states.ts';
import { tablesOf } from './tables.ts';

/** Of a database that is up to date. @throws TributaryError `backup/damaged` with the first row that is not one */
export async function checkRows(transaction: Transaction): Promise<void> {
  await steady(transaction);
  for (const table of await tablesOf(transaction.query)) {
    const schema = rowSchemas[table.name];
    if (!schema) continue;
    let row = 0;
    for await (const line of linesOfTable(transaction, table))
      matching(schema, JSON.parse(line), `row ${(row += 1)} of ${table.name}`);
  }
}

/** @throws in what it gives, TributaryError `backup/damaged` */
export async function* checkedStates(query: Query): AsyncGenerator<Attempt, void, undefined> {
  for await (const { id, state } of statesIn(query))
    yield matching(attemptSchema, state, `attempt ${attemptName(id)}`) satisfies Attempt;
}
