import { expect } from 'chai';
import { announce } from '#coordinator/round/announced.ts';
import type { Attempt } from '#coordinator/round/attempt.ts';
import type { Database } from '#coordinator/store/database.ts';
import { openRecords, type Records } from '#coordinator/store/records.ts';
import { cohort } from '#test/support/cohort.ts';
import { codeOf } from '../code-of.ts';
import {
  abortOf,
  attestationOf,
  confirmationOf,
  confirmations,
  drawOf,
  enrolments,
  honestly,
  inputs,
  play,
  receipts,
  refusalOf,
  rulesOf,
  sharings,
  unmaskings,
} from '../fixtures.ts';
import { onEachEngine, watched, type TestDatabase } from './engines.ts';
import { save as saveChange } from './save.ts';

const members = cohort({ n: 8, draw: drawOf(6, 5) });
const { id } = members;
const job = { job: 7, state: 'active', rounds: 2, round: 1, attempt: 1 } as const;
const without = members.inputs.filter(({ message }) => message.member !== 3);

/** Every state of an attempt in which one member is left out at the end. */
function history(): Attempt[] {
  const states: Attempt[] = [announce(rulesOf(members))];
  const last = () => states.at(-1)!;
  const then = (...events: Parameters<typeof play>[1]) => {
    for (const event of events) states.push(play(last(), [event], last().rules.announcedAt));
  };
  then(...enrolments(members), { type: 'drawn', draw: drawOf(6, 5) });
  then(...sharings(members), ...receipts(members).reverse(), ...inputs(members).reverse());
  then(...confirmations(members).filter((_, member) => member !== 3), abortOf(members, 3));
  then(...without.map(({ message }) => confirmationOf(members, message.member, without)), { type: 'agreed' });
  const left = cohort({ n: 8, draw: drawOf(6, 5), lostBeforeMasking: [3] });
  then(...unmaskings(left));
  const settling = honestly(left, 'settling');
  states.push(settling);
  then(attestationOf(left, settling.proposal, 6), refusalOf(left, settling.proposal.manifest, 0));
  states.push(play(last(), [{ type: 'deadline' }], settling.deadline));
  return states;
}

onEachEngine('an attempt in rows', (engine) => {
  let made: TestDatabase;
  let database: Database;
  let written = 0;
  let failing = false;
  /** Counts what is written; fails when all is written, as a disk would. */
  const open = async () =>
    watched(await made.open(), ({ query, exec }) => ({
      exec,
      async query<Row>(sql: string, parameters: readonly unknown[] = []) {
        written += JSON.stringify(parameters).length;
        const rows = await query<Row>(sql, parameters);
        if (failing && sql.startsWith('insert into entries')) throw new Error('EIO');
        return rows;
      },
    }));

  before(async function () {
    this.timeout(60_000);
    made = await engine.create();
    database = await open();
  });
  after(async () => {
    await database.close();
    await made.remove();
  });
  const save = (records: Records, state: Attempt, revision = 1) =>
    saveChange(records, { job, attempts: [{ revision, state }], message: null });

  it('comes back after each step as it was, by the process that wrote it and by another', async () => {
    const records = openRecords(database);
    for (const [revision, state] of history().entries()) {
      await save(records, state, revision);
      if (revision % 5 === 0) expect(await records.attempt(id)).to.deep.equal({ revision, state });
    }
    expect(await openRecords(database).attemptsOf(7, 1)).to.have.length(1);
    expect((await openRecords(database).attempt(id))?.state).to.deep.equal(history().at(-1));
  });

  it('is followed by another process through what was written since, as if that had read it whole', async () => {
    const [writing, following] = [openRecords(database), openRecords(database)];
    let version = 0;
    // On the way back entries go, and then all is read again.
    const states = history();
    for (const [revision, state] of [...states, ...states.slice(0, -1).reverse()].entries()) {
      await save(writing, state, revision);
      const followed = await following.load(7, version);
      expect(followed).to.deep.equal(await openRecords(database).load(7, 0));
      version = followed?.version ?? 0;
      expect(await following.load(7, version)).to.equal(null);
    }
  });

  it('keeps for who follows it what was not written since', async () => {
    const [writing, following] = [openRecords(database), openRecords(database)];
    const before = honestly(members, 'sharing');
    const after = play(before, [sharings(members)[5]!]);
    await save(writing, before);
    const [old] = (await following.load(7, 0))?.attempts ?? [];
    const version = (await following.versions()).get(7) ?? 0;
    await save(writing, after);
    const [now] = (await following.load(7, version))?.attempts ?? [];
    if (old?.state.phase !== 'sharing' || now?.state.phase !== 'sharing') throw new Error('not sharing');
    expect(now.state).to.deep.equal(after);
    expect(now.state.enrolments).to.equal(old.state.enrolments);
    expect(now.state.rules).to.equal(old.state.rules);
    expect(now.state.shares).to.have.length(old.state.shares.length + 1);
  });

  it('takes a message at the cost of that message', async () => {
    const records = openRecords(database);
    const sharing = honestly(members, 'sharing');
    await save(records, sharing);
    written = 0;
    await save(records, play(sharing, [sharings(members)[5]!]));
    expect(written).to.be.below(3 * JSON.stringify(members.shares[5]).length);
    expect(written).to.be.below(JSON.stringify(members.enrolments).length / 2);
  });

  it('is whole again after a save that failed, whatever had reached the disk', async () => {
    const records = openRecords(database);
    const [masking, confirming] = [honestly(members, 'masking'), honestly(members, 'confirming')];
    await save(records, confirming);
    failing = true;
    expect(await codeOf(save(records, masking))).to.equal('Error: EIO');
    failing = false;
    await save(records, confirming);
    expect((await records.attempt(id))?.state).to.deep.equal(confirming);
  });

  it('goes on from rows that an earlier process wrote', async () => {
    const [masking, confirming] = [honestly(members, 'masking'), honestly(members, 'confirming')];
    await save(openRecords(database), confirming);
    await save(openRecords(database), masking);
    expect((await openRecords(database).attempt(id))?.state).to.deep.equal(masking);
  });

  it('is taken over from a database of the version before, ciphertexts too', async function () {
    this.timeout(60_000);
    const few = cohort({ n: 5 });
    const [sharing] = sharings(few);
    const confirming = honestly(few, 'confirming');
    const aborted = play(confirming, [abortOf(few, 1), abortOf(few, 2)]);
    const numbered = <State extends Attempt>(state: State, attempt: number): State => ({
      ...state,
      rules: { ...state.rules, expected: { ...state.rules.expected, attempt } },
    });
    const settling = numbered(honestly(few, 'settling'), 2);
    const failed = numbered(play(honestly(few, 'unmasking'), [{ type: 'failed', reason: 'x' }]), 3);
    const unsaid = { receipts: [] };
    const masking = { ...numbered(honestly(few, 'masking'), 4), ...unsaid };
    const asking = { ...numbered(confirming, 5), ...unsaid };
    const states = [aborted, settling, failed, masking, asking];
    const added = ['draw', 'onChain', 'fault', 'receipts', 'excluded'];
    await database.commit(async (transaction) => {
      await transaction.exec(`drop table entries; drop table ciphertexts; drop table openings; delete from attempts;
        alter table attempts drop column rules; drop table coordinator; drop table transactions;
        drop table transaction_accounts; drop table access_nonces; drop table access_nonce_key; drop table access_refreshes;
        drop table access_grants; drop table repeated_requests; drop table quota_days; drop table token_secrets;
        drop table job_events; drop table webhook_deliveries; drop table webhooks;
        alter table jobs drop column version, drop column event_stream, drop column last_event;
        delete from migrations where step > 1`);
      for (const state of states) {
        const given = Object.entries(state.rules).filter(([key]) => key !== 'sparse' && key !== 'evidence');
        const old = Object.entries(state).filter(([key]) => !added.includes(key));
        const body = Object.fromEntries([...old, ['rules', Object.fromEntries(given)]]) as object;
        const parameters = [state.rules.expected.attempt, state.phase, body];
        await transaction.query('insert into attempts values (7, 1, $1, 5, $2, $3)', parameters);
      }
      const body = sharing?.type === 'shares' ? sharing.upload : null;
      await transaction.query("insert into messages values (7, 1, 2, 'shares', 0, $1)", [body]);
    });
    await database.close();
    database = await open();
    const records = openRecords(database);
    expect((await records.attemptsOf(7, 1)).map(({ state }) => state)).to.deep.equal(states);
    const second = { ...id, attempt: 2 };
    const texts = few.dealt.get(0)!.ciphertexts;
    expect(await records.deliveries(second, [{ dealer: 0, place: 4 }])).to.deep.equal([
      { dealer: 0, ciphertext: `0x${Buffer.from(texts[4]!).toString('hex')}` },
    ]);
    expect(await database.query('select kind from messages', [])).to.deep.equal([]);
  });
});
