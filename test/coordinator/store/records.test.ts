import { expect } from 'chai';
import { announce } from '#coordinator/round/announced.ts';
import type { Database } from '#coordinator/store/database.ts';
import { openRecords, type Addressed, type KeptMessage } from '#coordinator/store/records.ts';
import { cohort } from '#test/support/cohort.ts';
import { codeOf } from '../code-of.ts';
import { honestly, rulesOf, sharings } from '../fixtures.ts';
import { onEachEngine, type TestDatabase } from './engines.ts';
import { save } from './save.ts';

const members = cohort({ n: 3 });
const { id } = members;
const announced = { revision: 1, state: announce(rulesOf(members)) };
const job = { job: 7, state: 'active', rounds: 2, round: 1, attempt: 1 } as const;

onEachEngine('records', (engine) => {
  let made: TestDatabase;
  let database: Database;

  before(async function () {
    // The first run of all makes the prepared database.
    this.timeout(60_000);
    made = await engine.create();
    database = await made.open();
  });
  after(async () => {
    await database.close();
    await made.remove();
  });

  it('gives back jobs, attempts and messages as they were', async () => {
    const records = openRecords(database);
    const masking = { revision: 8, state: honestly(members, 'masking') };
    const [, event] = sharings(members);
    if (event?.type !== 'shares') throw new Error('not shares');
    const { ciphertexts } = event.upload;
    const message: KeptMessage = { kind: 'ciphertexts', slot: 1, texts: ciphertexts };
    await save(records, { job, attempts: [masking], message });
    const body = { message: { member: 2 }, shares: [] };
    const opened = Uint8Array.of(0, 255, 7, 92);
    await save(records, { job, attempts: [masking], message: { kind: 'unmasking', slot: 2, body, opened } });
    const second = {
      ...announced,
      state: {
        ...announced.state,
        rules: rulesOf(members, { expected: { ...members.expected, attempt: 2 } }),
      },
    };
    await save(records, { job: { ...job, attempt: 2 }, attempts: [second], message: null });
    expect(await records.jobs()).to.deep.equal([{ ...job, attempt: 2 }]);
    expect(await records.attempt(id)).to.deep.equal(masking);
    expect(await records.attempt({ ...id, round: 2 })).to.equal(null);
    expect(await records.attemptsOf(7, 1)).to.deep.equal([masking, second]);
    expect(await records.unmaskings(id)).to.deep.equal([body]);
    expect(await records.unmaskings({ ...id, attempt: 2 })).to.deep.equal([]);
    const [opening, ...more] = await records.openings(id, [1, 2, 3]);
    expect(more).to.deep.equal([]);
    expect(opening?.holder).to.equal(2);
    expect([...(opening?.shares ?? [])]).to.deep.equal([...opened]);
    expect(await records.openings({ ...id, attempt: 2 }, [2])).to.deep.equal([]);
  });

  it('knows nothing of a round or an attempt that no column could hold, and says no more than that', async () => {
    const records = openRecords(database);
    const most = 2 ** 32 - 1;
    for (const none of [{ round: most }, { attempt: most }, { round: 2 ** 31, attempt: 2 ** 31 }])
      expect(await records.attempt({ ...id, ...none })).to.equal(null);
  });

  it('gives the ciphertexts at the places that are asked for, by dealer', async () => {
    const records = openRecords(database);
    const [, event] = sharings(members);
    if (event?.type !== 'shares') throw new Error('not shares');
    const asked = (wanted: readonly Addressed[], of = id) => records.deliveries(of, wanted);
    const [first, , third] = event.upload.ciphertexts;
    expect(await asked([{ dealer: 1, place: 2 }])).to.deep.equal([{ dealer: 1, ciphertext: third }]);
    const texts = ['0x1234', '0x5678'];
    const masking = { revision: 8, state: honestly(members, 'masking') };
    await save(records, { job, attempts: [masking], message: { kind: 'ciphertexts', slot: 0, texts } });
    const both = await asked([
      { dealer: 1, place: 0 },
      { dealer: 0, place: 1 },
      { dealer: 2, place: 0 },
    ]);
    expect(both).to.deep.equal([
      { dealer: 0, ciphertext: '0x5678' },
      { dealer: 1, ciphertext: first },
    ]);
    expect(await asked([{ dealer: 1, place: 2 }], { ...id, attempt: 2 })).to.deep.equal([]);
  });

  it('writes a state and its message together, or neither', async () => {
    const records = openRecords(database);
    const before = await records.attempt(id);
    const twice: KeptMessage = {
      kind: 'unmasking',
      slot: 2,
      body: { other: true },
      opened: new Uint8Array(),
    };
    expect(await codeOf(save(records, { job, attempts: [announced], message: twice }))).to.contain(
      'duplicate key',
    );
    expect(await records.attempt(id)).to.deep.equal(before);
    expect(await records.unmaskings(id)).to.have.length(1);
  });

  it('begins a job once, and gives each change a version', async () => {
    const records = openRecords(database);
    const other = openRecords(database);
    const begin = { job: { ...job, job: 8 }, attempts: [numbered(8)], message: null };
    expect(await Promise.all([records.begin(begin), other.begin(begin)])).to.have.members([true, false]);
    expect(await records.load(8, 0)).to.deep.equal({ version: 1, job: begin.job, attempts: begin.attempts });
    expect(await records.load(8, 1)).to.equal(null);
    expect(await save(other, begin)).to.equal(2);
    expect((await records.load(8, 1))?.version).to.equal(2);
    expect((await records.versions()).get(8)).to.equal(2);
    expect(await records.load(9, 0)).to.equal(null);
  });

  it('gives numbers of 64 bits and bytes the same form, and refuses a number beyond what is exact', async () => {
    const bytes = Uint8Array.of(0, 255, 92, 39);
    const [row] = await database.query<{ most: number; bytes: Uint8Array; json: object }>(
      'select 9007199254740991::bigint as most, $1::bytea as bytes, $2::jsonb as json',
      [bytes, JSON.stringify({ a: [1] })],
    );
    expect(row).to.deep.equal({ most: Number.MAX_SAFE_INTEGER, bytes, json: { a: [1] } });
    expect(row?.bytes.constructor).to.equal(Uint8Array);
    expect(await codeOf(database.query('select 9007199254740992::bigint'))).to.contain('RangeError');
  });

  it('is refused by an older program than wrote it', async function () {
    this.timeout(60_000);
    await database.commit(async ({ query }) => {
      await query('insert into migrations (step) values (99)');
    });
    await database.close();
    expect(await codeOf(made.open())).to.equal('database/newer');
    // What was refused has let go of its lock, too.
    expect(await codeOf(made.open())).to.equal('database/newer');
    await made.remove();
    made = await engine.create();
    database = await made.open();
    expect(await openRecords(database).jobs()).to.deep.equal([]);
  });
});

function numbered(job: number): typeof announced {
  const { rules } = announced.state;
  return {
    ...announced,
    state: { ...announced.state, rules: { ...rules, expected: { ...rules.expected, job } } },
  };
}
