/** A process of its own that saves one revision after another and says so once each is acknowledged; to be killed. */
import { openEmbedded } from '#coordinator/store/embedded-database.ts';
import { openRecords } from '#coordinator/store/records.ts';
import { announce } from '#coordinator/round/announced.ts';
import { cohort, rulesOf } from '../fixtures.ts';
import { preparedDatabase } from './folder.ts';
import { save } from './save.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('name a folder');
const records = openRecords(await openEmbedded({ folder, prepared: preparedDatabase() }));
const state = announce(rulesOf(cohort({ n: 3 })));
const job = { job: 7, state: 'active', rounds: 2, round: 1, attempt: 1 } as const;
for (let revision = 1; ; revision++) {
  const message = {
    kind: 'unmasking',
    slot: revision,
    body: { revision },
    opened: new Uint8Array(),
  } as const;
  await save(records, { job, attempts: [{ revision, state }], message });
  process.stdout.write(`${revision}\n`);
}
