/** From an event in the database to who asked for it: at least once, signed, retried for a day, and then kept apart. */
import { expect } from 'chai';
import { Webhook } from 'standardwebhooks';
import { announce } from '#coordinator/round/announced.ts';
import { openDeliveryRows, MOST_DEAD_LETTERS } from '#coordinator/store/delivery-rows.ts';
import { insertWebhook, openWebhookRows, replaceSecret } from '#coordinator/store/webhook-rows.ts';
import type { Database } from '#coordinator/store/database.ts';
import { openRecords } from '#coordinator/store/records.ts';
import { deliverer, type DelivererParts } from '#coordinator/webhooks/deliver.ts';
import { post } from '#coordinator/webhooks/post.ts';
import { RETRIES } from '#coordinator/webhooks/schedule.ts';
import { formatSecret } from '#coordinator/webhooks/signature.ts';
import { Secret } from '#crypto/secret.ts';
import type { Told } from '#protocol/job-events.ts';
import { toAddress, toSeconds, type Address, type Seconds } from '#protocol/units.ts';
import { cohort } from '#test/support/cohort.ts';
import { codeOf } from '../code-of.ts';
import { manualClock, memoryLog } from '../fakes.ts';
import { buyer, rulesOf } from '../fixtures.ts';
import { onEachEngine, type TestDatabase } from '../store/engines.ts';
import { Receiver } from './receiver.ts';

const members = cohort({ n: 3 });
const job = { job: 7, state: 'active', rounds: 2, round: 1, attempt: 1 } as const;
const change = { job, attempts: [{ revision: 1, state: announce(rulesOf(members)) }], message: null };
const secret = new Secret(new Uint8Array(32).fill(7));
const stranger = toAddress(`0x${'99'.repeat(20)}`);
const { owner } = rulesOf(members).seats[0]!;
const webhook = 'a'.padEnd(32, '0');
/** Verifiers go by their own clock. */
let now: Seconds;

onEachEngine('messages to webhooks', (engine) => {
  let made: TestDatabase;
  let database: Database;
  let receiver: Receiver;
  let clock: ReturnType<typeof manualClock>;
  let log: ReturnType<typeof memoryLog>;
  beforeEach(async function () {
    this.timeout(60_000);
    made = await engine.create();
    database = await made.open();
    receiver = await new Receiver().start();
    now = toSeconds(Math.floor(Date.now() / 1000));
    clock = manualClock(now);
    log = memoryLog();
    await openRecords(database).begin(change);
  });
  afterEach(async () => {
    await receiver.stop();
    await database.close();
    await made.remove();
  });

  const hook = (name: string, account: Address, job: number | null, url = receiver.url) =>
    database.commit((transaction) =>
      insertWebhook(transaction, { id: name.padEnd(32, '0'), account, url, job, createdAt: now }, secret, 20),
    );
  const tell = (...told: Told[]) =>
    openRecords(database).turn(7, (turn) => turn.save(change, { events: told, note: null }));
  const changed = (revision: number): Told => ({ type: 'changed', ...members.id, revision });
  const delivering = (changes: Partial<DelivererParts> = {}) =>
    deliverer({
      ...{ rows: openDeliveryRows(database), jobs: () => [7], hosts: () => [receiver.host], clock, log },
      ...{ signal: new AbortController().signal, random: () => 0.5 },
      ...changes,
    });
  const left = async () =>
    (
      await database.query<{ left: number }>(
        'select count(*)::int as left from webhook_deliveries where died_at is null',
      )
    )[0]?.left;
  const revisions = () =>
    receiver.received.map(({ body }) => (JSON.parse(body) as { data: { revision: number } }).data.revision);
  /** Moves to when the next try is due. */
  const untilDue = async () => {
    const [row] = await database.query<{ at: number }>(
      'select min(due_at) as at from webhook_deliveries where died_at is null',
    );
    clock.set(toSeconds(Math.max(row?.at ?? 0, clock.now())));
  };

  it('go to those whose job it is, and who asked for it, in order and once, over a restart', async () => {
    await hook('a', buyer, null);
    await hook('b', owner, 7, `${receiver.url}?owner`);
    await hook('c', buyer, 8);
    await hook('d', stranger, null);
    await tell(changed(2), changed(3));
    await tell(changed(4));
    await database.close();
    database = await made.open();
    expect(await left()).to.equal(6);
    await delivering()();
    expect(revisions().sort()).to.deep.equal([2, 2, 3, 3, 4, 4]);
    expect(await left()).to.equal(0);
    const messages = receiver.received.map(({ headers }) => String(headers['webhook-id']));
    await delivering()();
    expect([new Set(messages).size, receiver.received.length]).to.deep.equal([6, 6]);
    const [first] = receiver.received;
    const body = JSON.parse(first?.body ?? '') as { type: string; timestamp: string; data: { id: string } };
    expect(body.type).to.equal('job.changed');
    expect(body.data).to.include({ type: 'changed', job: 7, round: 1, attempt: 1 });
    expect(Math.abs(Date.parse(body.timestamp) / 1000 - now)).to.be.below(120);
  });

  it('are signed as their receiver verifies, which believes nothing that is forged, bent or old', async () => {
    await hook('a', buyer, 7);
    await tell(changed(2));
    await delivering()();
    const [{ headers, body } = { headers: {}, body: '' }] = receiver.received;
    const plain = headers as Record<string, string>;
    const verifier = new Webhook(formatSecret(secret));
    expect(verifier.verify(body, plain)).to.deep.include({ type: 'job.changed' });
    const refused = (text: string, changes: Record<string, string> = {}, by = verifier) =>
      expect(() => by.verify(text, { ...plain, ...changes })).to.throw();
    refused(body.replace('"revision":2', '"revision":3'));
    refused(body, { 'webhook-id': 'msg_other' });
    refused(body, { 'webhook-timestamp': String(now + 60) });
    refused(body, { 'webhook-timestamp': String(now - 301) });
    refused(body, { 'webhook-signature': 'v1,AAAA' });
    refused(body, {}, new Webhook(formatSecret(new Secret(new Uint8Array(32).fill(8)))));
    // Of a time that the receiver does not believe any more, though it is signed.
    const at = (time: number) => ({
      ...{ 'webhook-id': 'msg_x', 'webhook-timestamp': String(time) },
      'webhook-signature': verifier.sign('msg_x', new Date(time * 1000), body),
    });
    refused(body, at(now - 400));
    verifier.verify(body, at(now));
  });

  it('are signed by both secrets for a day after one was replaced, then by the new one', async () => {
    await hook('a', buyer, 7);
    const next = new Secret(new Uint8Array(32).fill(9));
    const until = toSeconds(now + 100);
    await database.commit((transaction) => replaceSecret(transaction, webhook, next, until));
    await tell(changed(2));
    await delivering()();
    clock.set(toSeconds(now + 101));
    await tell(changed(3));
    await delivering()();
    const believed = receiver.received.map(({ headers, body }) =>
      [secret, next].map((one) => {
        try {
          new Webhook(formatSecret(one)).verify(body, headers as Record<string, string>);
          return true;
        } catch {
          return false;
        }
      }),
    );
    expect(believed).to.deep.equal([
      [true, true],
      [false, true],
    ]);
  });

  it('are tried again, ever later, under the same id, then given up, and delivered when that is asked', async () => {
    await hook('a', buyer, 7);
    await tell(changed(2));
    const waits: number[] = [];
    let last: number = clock.now();
    for (let failed = 0; failed <= RETRIES; failed += 1) {
      await untilDue();
      if (failed > 0) waits.push(clock.now() - last);
      last = clock.now();
      receiver.answers.push({ status: 500, body: 'x'.repeat(100_000) });
      await delivering()();
      expect(receiver.received).to.have.length(failed + 1);
      // Before its time it is not tried.
      await delivering()();
      expect(receiver.received).to.have.length(failed + 1);
    }
    expect(waits).to.deep.equal([5, 20, 80, 320, 1280, 5120, 20480, 21600, 21600, 21600]);
    expect(await left()).to.equal(0);
    const rows = openDeliveryRows(database);
    const [dead, ...more] = await rows.deadLetters(webhook);
    expect(more).to.deep.equal([]);
    expect(dead).to.include({ type: 'job.changed', tries: 11, failure: 'webhook/refused (500)' });
    expect(await openWebhookRows(database).list(buyer)).to.deep.equal([
      { id: webhook, account: buyer, url: receiver.url, job: 7, createdAt: now, waiting: 0, dead: 1 },
    ]);
    expect(await rows.redeliver(webhook, 'msg_x', clock.now())).to.equal(false);
    expect(await rows.redeliver('b'.repeat(32), dead!.id, clock.now())).to.equal(false);
    expect(await rows.redeliver(webhook, dead!.id, clock.now())).to.equal(true);
    await delivering()();
    expect(await rows.deadLetters(webhook)).to.deep.equal([]);
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).to.equal(1);
    expect(log.lines.filter(({ level }) => level === 'warn')).to.have.length(1);
    expect(JSON.stringify(log.lines)).to.not.contain('/hook').and.not.contain('whsec_');
  });

  it('are given up at once where the receiver is gone, and later where it asks for that', async () => {
    await hook('a', buyer, 7);
    receiver.answers.push({ status: 410 }, { status: 429, headers: { 'retry-after': '1000' } });
    await tell(changed(2), changed(3));
    await delivering()();
    expect(await openDeliveryRows(database).deadLetters(webhook)).to.have.length(1);
    await untilDue();
    expect(clock.now() - now).to.be.within(995, 1_010);
    await delivering()();
    expect(revisions()).to.deep.equal([2, 3, 3]);
  });

  it('do not follow where they are sent on to, and wait for no answer for long', async () => {
    await hook('a', buyer, 7);
    await hook('b', buyer, 7);
    receiver.answers.push(
      { status: 302, headers: { location: receiver.url } },
      { status: 200, silent: true },
    );
    await tell(changed(2));
    await delivering({ send: (message, posting) => post(message, { ...posting, timeoutMillis: 300 }) })();
    expect(receiver.received).to.have.length(2);
    const failures = await database.query<{ failure: string }>('select failure from webhook_deliveries');
    expect(failures.map(({ failure }) => failure).sort()).to.deep.equal([
      'webhook/refused (302)',
      'webhook/timeout',
    ]);
  });

  it('are one at a time to each, few in all, and those of jobs that this process has', async () => {
    for (let one = 0; one < 20; one += 1) await hook(`${one}a`, buyer, 7);
    await tell(changed(2), changed(3));
    const underWay = new Map<string, number>();
    let [most, mostOfOne, open] = [0, 0, 0];
    const send: DelivererParts['send'] = async ({ headers }) => {
      const [row] = await database.query<{ webhook: string }>(
        'select webhook from webhook_deliveries where id = $1',
        [headers['webhook-id']],
      );
      const name = row?.webhook ?? '';
      underWay.set(name, (underWay.get(name) ?? 0) + 1);
      open += 1;
      [most, mostOfOne] = [Math.max(most, open), Math.max(mostOfOne, underWay.get(name) ?? 0)];
      await new Promise((resolve) => setTimeout(resolve, 5));
      underWay.set(name, (underWay.get(name) ?? 0) - 1);
      open -= 1;
      return { taken: true };
    };
    await delivering({ send, jobs: () => [8] })();
    await delivering({ send, jobs: () => [] })();
    expect(await left()).to.equal(40);
    await delivering({ send })();
    expect(await left()).to.equal(0);
    expect(mostOfOne).to.equal(1);
    expect(most).to.be.within(2, 16);
  });

  it('are not lost where a process dies before it heard the answer, and go with their webhook', async () => {
    await hook('a', buyer, 7);
    await tell(changed(2));
    const stopping = new AbortController();
    const dying: DelivererParts['send'] = async (message, posting) => {
      await post(message, posting);
      stopping.abort();
      return { taken: false, failure: 'webhook/unreachable', retryAfter: null, gone: false };
    };
    await delivering({ send: dying, signal: stopping.signal })();
    expect(await left()).to.equal(1);
    await delivering()();
    expect(revisions()).to.deep.equal([2, 2]);
    expect(receiver.received[0]?.headers['webhook-id']).to.equal(receiver.received[1]?.headers['webhook-id']);
    await tell(changed(3));
    await openWebhookRows(database).remove(buyer, 'a'.padEnd(32, '0'));
    expect(await left()).to.equal(0);
  });

  it('are not sent over and over where what became of them can not be written', async () => {
    await hook('a', buyer, 7);
    await tell(changed(2));
    const rows = openDeliveryRows(database);
    const full = { ...rows, delivered: () => Promise.reject(new Error('ENOSPC')) };
    const deliver = delivering({ rows: full });
    expect(await codeOf(deliver())).to.equal('Error: ENOSPC');
    await deliver();
    expect(receiver.received).to.have.length(1);
    clock.set(toSeconds(clock.now() + 60));
    expect(await codeOf(deliver())).to.equal('Error: ENOSPC');
    expect(receiver.received).to.have.length(2);
  });

  it('that were given up are kept for thirty days, so many of a webhook', async () => {
    await hook('a', buyer, 7);
    await database.query(
      `insert into webhook_deliveries (webhook, job, type, body, due_at, created_at, failure, died_at)
       select $1, 7, 'job.changed', '{}', 0, 0, 'x', case when one > 5 then $2::bigint else $3 end from generate_series(1, $4) as one`,
      [webhook, now - 5, now - 30 * 86_400 - 1, MOST_DEAD_LETTERS + 10],
    );
    receiver.answers.push({ status: 410 });
    await tell(changed(2));
    await delivering()();
    expect(await openDeliveryRows(database).deadLetters(webhook)).to.have.length(MOST_DEAD_LETTERS);
    const [all] = await database.query<{ all: number }>(
      'select count(*)::int as all from webhook_deliveries',
    );
    expect(all).to.deep.equal({ all: MOST_DEAD_LETTERS });
  });
});
