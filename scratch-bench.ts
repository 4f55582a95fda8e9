import { cohort } from '#test/support/cohort.ts';
import { enrolments, sharings, receipts, inputs, confirmations, unmaskings, rulesOf } from '#test/coordinator/fixtures.ts';
import { driverParts, performers } from '#test/coordinator/fakes.ts';
import { JobDriver } from '#coordinator/driver/job-driver.ts';
import { openRecords } from '#coordinator/store/records.ts';
import { newFolder, preparedDatabase } from '#test/coordinator/store/folder.ts';
const n = Number(process.argv[2] ?? 60);
const members = cohort({ n });
const of: [string, any][] = [['enrol', enrolments(members)], ['share', sharings(members)], ['receive', receipts(members)], ['input', inputs(members)], ['confirm', confirmations(members)], ['unmask', unmaskings(members)]];
const kept = (event: any) => event.type === 'shares' ? { kind: 'ciphertexts', slot: event.upload.message.member, texts: event.upload.ciphertexts } : null;
async function play(name: string, drivers: any[]) {
  const out: string[] = [];
  let all = 0, count = 0;
  for (const [phase, events] of of) {
    const t = performance.now();
    let i = 0;
    for (const event of events) await drivers[i++ % drivers.length].submit(members.id, event, kept(event));
    const ms = performance.now() - t; all += ms; count += events.length;
    out.push(`${phase} ${(ms / events.length).toFixed(2)}`);
  }
  console.log(name, `n=${n}`, `${(all / count).toFixed(2)} ms a message:`, out.join(', '));
}
import { openEmbedded } from '#coordinator/store/embedded-database.ts';
import { openServer } from '#coordinator/store/server-database.ts';
import { findPostgres } from '#test/support/postgres.ts';
const setup = driverParts();
if (process.argv[3] === 'embedded') {
const database = await openEmbedded({ folder: await newFolder(), prepared: preparedDatabase() });
const driver = await JobDriver.begin({ ...setup.parts, records: openRecords(database) }, 2, rulesOf(members));
await play('now, embedded', [driver]);
await database.close();
} else {
const pg = await findPostgres(); if ('skipped' in pg) throw 1;
for (const two of [false, true]) {
const url = await pg.create();
const a = await openServer(url), b = await openServer(url);
const left = await JobDriver.begin({ ...setup.parts, records: openRecords(a) }, 2, rulesOf(members));
const right = two ? [await JobDriver.resume({ ...driverParts().parts, records: openRecords(b) }, { job: 7 })] : [];
await play(two ? 'server, two in turn' : 'server, one', [left, ...right]);
await a.close(); await b.close();
}
await pg.stop();
}
process.exit(0);
