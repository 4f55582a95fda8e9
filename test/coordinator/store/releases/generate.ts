/**
 * Writes what this version of the program leaves in a coordinator's database, for later versions to be tested on: run it once
 * before a release. `node --import tsx test/coordinator/store/releases/generate.ts 0.2.0`
 */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { openEmbedded } from '#coordinator/store/embedded-database.ts';
import { openRecords } from '#coordinator/store/records.ts';
import { newFolder, removeFolder } from '../folder.ts';
import { save } from '../save.ts';
import { changes } from './left.ts';

const tables = ['jobs', 'attempts', 'entries', 'ciphertexts', 'messages', 'openings'];

const [version] = process.argv.slice(2);
if (version === undefined || !/^\d+\.\d+\.\d+$/.test(version)) throw new Error('name the version');
const folder = await newFolder();
const database = await openEmbedded({ folder });
const records = openRecords(database);
for (const change of changes()) await save(records, change);
const rows: Record<string, unknown> = {};
for (const table of tables) {
  // As text: bytes and times have no other form in JSON.
  const [row] = await database.query<{ all: string }>(
    `select coalesce(jsonb_agg(to_jsonb(one)), '[]')::text as all from ${table} as one`,
  );
  rows[table] = JSON.parse(row?.all ?? '[]') as unknown;
}
const [row] = await database.query<{ steps: number }>('select count(*)::int as steps from migrations');
const attempts = await records.attemptsOf(7, 1);
await database.close();
await removeFolder(folder);
await writeFile(
  fileURLToPath(new URL(`${version}.json`, import.meta.url)),
  `${JSON.stringify({ steps: row?.steps, rows, attempts })}\n`,
);
