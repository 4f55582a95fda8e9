/** Events in rows: with their change or not at all, numbered in the order of the commits, whoever writes. */
import { expect } from 'chai';
import { announce } from '#coordinator/round/announced.ts';
import type { Database } from '#coordinator/store/database.ts';
import { KEPT_EVENTS, openEventRows } from '#coordinator/store/job-events.ts';
import { openRecords, type Telling } from '#coordinator/store/records.ts';
import type { Told } from '#protocol/job-events.ts';
import { cohort } from '#test/support/cohort.ts';
import { codeOf } from '../code-of.ts';
import { rulesOf } from '../fixtures.ts';
import { onEachEngine, type TestDatabase } from './engines.ts';

const members = cohort({ n: 3 });
const job = { job: 7, state: 'active', rounds: 2, round: 1, attempt: 1 } as const;
const change = { job, attempts: [{ revision: 1, state: announce(rulesOf(members)) }], message: null };
const changed = (revision: number): Told => ({ type: 'changed', ...members.id, revision });
const telling = (...revisions: number[]): Telling => ({ events: revisions.map(changed), note: null });

onEachEngine('events in rows', (engine) => {
  let made: TestDatabase;
  let database: Database;
  beforeEach(async function () {
    this.timeout(60_000);
    made = await engine.create();
    database = await made.open();
    await openRecords(database).begin(change, telling(1));
  });
  afterEach(async () => {
    await database.close();
    await made.remove();
  });

  const tell = (told: Telling) => openRecords(database).turn(7, (turn) => turn.save(change, told));
  const revisions = async (after = 0, limit = 10_000) =>
    (await openEventRows(database).after(7, after, limit)).map(({ event }) =>
      event.type === 'changed' ? event.revision : event.type,
    );

  it('follow each other in one stream of the job, over a restart', async () => {
    await tell(telling(2, 3));
    const before = await openEventRows(database).last(7);
    await database.close();
    database = await made.open();
    expect(await openEventRows(database).last(7)).to.deep.equal(before);
    expect(before?.stream).to.match(/^[0-9a-f]{12}$/);
    await tell(telling(4));
    expect(await revisions()).to.deep.equal([1, 2, 3, 4]);
    expect(await revisions(2, 1)).to.deep.equal([3]);
    const rows = await openEventRows(database).after(7, 0, 10);
    expect(rows.map(({ number, event }) => [number, event.id])).to.deep.equal(
      [1, 2, 3, 4].map((number) => [number, `${before?.stream}-${number}`]),
    );
    expect(Math.abs((rows[3]?.event.at ?? 0) - Date.now() / 1000)).to.be.below(60);
    expect(await openEventRows(database).last(8)).to.equal(null);
  });

  it('are not there where their change is not', async () => {
    const failing = openRecords({
      ...database,
      commit: (work) =>
        database.commit(async (transaction) => {
          await work(transaction);
          throw new Error('EIO');
        }),
    });
    expect(await codeOf(failing.turn(7, (turn) => turn.save(change, telling(2))))).to.equal('Error: EIO');
    expect(await revisions()).to.deep.equal([1]);
    await tell(telling(3));
    expect(await openEventRows(database).last(7)).to.include({ number: 2 });
  });

  it('are numbered without a gap by many writers at once, a reader seeing none before those that came first', async () => {
    const writers = Array.from({ length: 6 }, () => openRecords(database));
    const seen: number[] = [];
    const written = new AbortController();
    const reader = (async () => {
      while (!written.signal.aborted) {
        // The embedded database answers before anything else gets its turn.
        await new Promise((resolve) => setImmediate(resolve));
        const rows = await openEventRows(database).after(7, seen.at(-1) ?? 0, 1_000);
        seen.push(...rows.map(({ number }) => number));
      }
    })();
    const write = async (records: (typeof writers)[number], base: number) => {
      for (let one = 0; one < 5; one += 1)
        await records.turn(7, (turn) => turn.save(change, telling(base + one)));
    };
    await Promise.all(writers.map((records, index) => write(records, 10 * (index + 1))));
    written.abort();
    await reader;
    const rows = await openEventRows(database).after(7, seen.at(-1) ?? 0, 1_000);
    seen.push(...rows.map(({ number }) => number));
    expect(seen).to.deep.equal(Array.from({ length: 31 }, (_, index) => index + 1));
  });

  it('are told once under a name, whoever notes it', async () => {
    const note = { name: 'voided 0xaa', event: { type: 'voided' as const, ...members.id, last: 2 } };
    await tell({ events: [], note });
    await tell({ events: [changed(5)], note });
    await tell({ events: [], note: { ...note, name: 'voided 0xbb' } });
    expect(await revisions()).to.deep.equal([1, 'voided', 5, 'voided']);
    expect(await openEventRows(database).last(7)).to.include({ number: 4 });
  });

  it('go when they are old: the last ones stay, and numbers go on', async () => {
    await tell(telling(...Array.from({ length: KEPT_EVENTS + 1 }, (_, index) => index + 2)));
    const rows = await openEventRows(database).after(7, 0, 10_000);
    expect(rows).to.have.length(KEPT_EVENTS);
    expect([rows[0]?.number, rows.at(-1)?.number]).to.deep.equal([3, KEPT_EVENTS + 2]);
  });
});
