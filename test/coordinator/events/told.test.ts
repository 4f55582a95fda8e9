/** What followers are told of a job: each change that a reader can see, once, by what it is. */
import { expect } from 'chai';
import type { InnerEvent } from '#coordinator/round/attempt.ts';
import type { KeptEvent } from '#protocol/job-events.ts';
import { driverParts, performers, settle, type MemoryRecords } from '../fakes.ts';
import { begun, id, members, resumedFrom, submitAll } from '../driver/driving.ts';
import {
  abortOf,
  at,
  confirmations,
  digestOfText,
  enrolments,
  honestly,
  inputs,
  play,
  receipts,
  resultOf,
  rulesOf,
  sharings,
  unmaskings,
} from '../fixtures.ts';

const told = async ({ events }: MemoryRecords): Promise<KeptEvent[]> =>
  (await events.after(id.job, 0, 1_000)).map(({ event }) => event);
const named = (events: readonly KeptEvent[]): string[] =>
  events.map(
    (event) => `${event.round}.${event.attempt} ${event.type === 'phase' ? event.phase : event.type}`,
  );

describe('what is told of a job', () => {
  it('is each phase of a round as it begins, its outcome, and what follows', async () => {
    const next = { ...rulesOf(members), expected: { ...rulesOf(members).expected, round: 2 } };
    const setup = driverParts({
      performers: performers({
        aggregate: async (): Promise<InnerEvent> => ({ type: 'aggregated', result: resultOf(members) }),
        settle: async (): Promise<InnerEvent> => ({ type: 'settled', transaction: digestOfText('settled') }),
        announce: async ({ round }) => (round === 2 ? next : null),
      }),
    });
    const { driver, records, clock } = await begun(setup);
    for (const part of [enrolments, sharings, receipts, inputs, confirmations, unmaskings])
      await submitAll(driver, part(members));
    await settle();
    await clock.advance(70);
    await settle();
    const events = await told(records);
    expect(named(events)).to.deep.equal([
      ...['1.1 announced', '1.1 enrolling', '1.1 sharing', '1.1 receiving', '1.1 masking'],
      ...['1.1 confirming', '1.1 unmasking', '1.1 settling', '1.1 settled', '2.1 announced'],
    ]);
    expect(events.map((event) => event.id)).to.deep.equal(
      events.map((_, index) => `abababababab-${index + 1}`),
    );
    expect(events[8]).to.deep.include({ type: 'settled', transaction: digestOfText('settled') });
    const masking = events.find((event) => event.type === 'phase' && event.phase === 'masking');
    expect(masking).to.deep.include({ job: 7, deadline: at(30), revision: 5 });
  });

  it('is nothing for a message that no reader can see', async () => {
    const { driver, records } = await begun();
    await submitAll(driver, enrolments(members).slice(0, 2));
    expect(named(await told(records))).to.deep.equal(['1.1 announced', '1.1 enrolling']);
  });

  it('is that an attempt changed, where it shows something else in the same phase', async () => {
    const setup = driverParts();
    setup.clock.set(at(10));
    const { driver, records } = await resumedFrom(honestly(members, 'masking'), setup);
    await submitAll(driver, inputs(members));
    const [changed, ...rest] = await told(records);
    expect(changed).to.deep.include({ type: 'changed', revision: 10 });
    expect(named(rest)).to.deep.equal(['1.1 confirming']);
  });

  it('is why an attempt ended without a sum, the late aborts of it, and the next', async () => {
    const second = { ...rulesOf(members), expected: { ...rulesOf(members).expected, attempt: 2 } };
    const setup = driverParts({ performers: performers({ announce: async () => second }) });
    const { driver, records } = await resumedFrom(honestly(members, 'confirming'), setup);
    await submitAll(driver, [abortOf(members, 1)]);
    await settle();
    await submitAll(driver, [abortOf(members, 2)]);
    const events = await told(records);
    expect(named(events).slice(-3)).to.deep.equal(['1.1 aborted', '1.2 announced', '1.2 changed']);
    expect(events.at(-3)).to.have.property('reason').that.is.a('string').and.not.equal('');
  });

  it('is that a round failed, and that a job has no more', async () => {
    const setup = driverParts();
    const failing = await resumedFrom(honestly(members, 'unmasking'), setup);
    await failing.driver.submit(id, { type: 'failed', reason: 'no sum\n\u{1F30A}' });
    expect((await told(failing.records)).at(-1)).to.deep.include({ type: 'failed', reason: 'no sum   ' });

    const last = driverParts({ performers: performers({ announce: async () => null }) });
    const settled = play(
      play(honestly(members, 'settling'), [{ type: 'deadline' }], honestly(members, 'settling').deadline),
      [{ type: 'settled', transaction: digestOfText('first') }],
    );
    const { driver, records } = await resumedFrom(settled, last);
    await settle();
    await driver.submit(id, { type: 'settled', transaction: digestOfText('again') });
    const [finished, reposted] = (await told(records)).slice(-2);
    expect(finished).to.include({ type: 'finished' });
    expect(reposted).to.include({ type: 'reposted', transaction: digestOfText('again') });
  });

  it('is what the states do not say where somebody notes it', async () => {
    const { driver, records } = await begun();
    await driver.note({ name: 'voided 0x1', event: { type: 'voided', ...id, last: 3 } });
    expect((await told(records)).at(-1)).to.deep.include({ type: 'voided', round: 1, last: 3 });
  });
});
