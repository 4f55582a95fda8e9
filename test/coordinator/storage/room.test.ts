/** Room for a round: what it will need, what is there, and what an operator allows. */
import { expect } from 'chai';
import { operationsPolicy } from '#coordinator/operations/schema.ts';
import type { Attempt } from '#coordinator/round/attempt.ts';
import { announce } from '#coordinator/round/announced.ts';
import { bytesToCome, roundBytes } from '#coordinator/storage/need.ts';
import { createRoom, type RoomParts } from '#coordinator/storage/room.ts';
import { usage } from '#coordinator/storage/usage.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import { cohort, enrolments, honestly, inputs, play, rulesOf } from '../fixtures.ts';

const members = cohort({ n: 5 });
const rules = rulesOf(members);
const vector = members.vectors.get(0)!.length;
const beside = 64 * 1024;
const announced = announce(rules);
const masking = honestly(members, 'masking');

describe('what a round will need', () => {
  it('is twice the inputs of all who may come, and less with each that is there', () => {
    const whole = 5 * (2 * vector + beside);
    expect(roundBytes(rules, 5)).to.equal(whole);
    const paid = rules.seats.map((seat, i) => (i < 2 ? { ...seat, unitsLeft: 0 } : seat));
    expect(bytesToCome(announce({ ...rules, seats: paid }))).to.equal(roundBytes(rules, 3));
    const found = [
      ...[announced, play(announced, enrolments(members).slice(0, 2)), honestly(members, 'sharing')],
      ...[masking, play(masking, inputs(members).slice(0, 2)), honestly(members, 'confirming')],
      ...[honestly(members, 'unmasking'), honestly(members, 'settling')],
    ].map(bytesToCome);
    const copies = 5 * (vector + beside);
    expect(found).to.deep.equal([
      ...[whole, whole, whole, 5 * vector + copies, 3 * vector + copies],
      ...[copies, copies, 0],
    ]);
  });
});

describe('room for a round', () => {
  const need = bytesToCome(announced);
  const other: Attempt = announce({ ...rules, expected: { ...rules.expected, job: 70 } });

  function room(written: object, changes: Partial<RoomParts> = {}) {
    const refusals: string[] = [];
    const { storage } = operationsPolicy.parse({ version: 1, storage: { freeBytes: 1_000, ...written } });
    const made = createRoom({
      free: () => Promise.resolve(need + 1_000),
      usage: () =>
        Promise.resolve(
          new Map([
            [7, 300],
            [8, 20],
          ]),
        ),
      policy: () => storage,
      states: () => [announced],
      refused: (stage) => void refusals.push(stage),
      ...changes,
    });
    const says = async (stage: 'enrolment' | 'input', state: Attempt = announced) =>
      (await made.lacking(state, stage))?.message.replace(/.*now: (.*);.*/, '$1') ?? 'room';
    return { made, says, refusals };
  }
  const free = (bytes: number) => ({ free: () => Promise.resolve(bytes) });

  it('is what is free above what is to be left, for this round and those that have begun', async () => {
    expect(await room({}).says('enrolment')).to.equal('room');
    const { says, made, refusals } = room({}, free(need + 999));
    expect(await says('enrolment')).to.equal(`${need} bytes are to come, ${need - 1} are free`);
    expect(await made.lacking(announced, 'input')).to.deep.include({ code: 'storage/no-room' });
    expect(refusals).to.deep.equal(['enrolment', 'input']);
    const both = { states: () => [announced, other] };
    expect(await room({}, both).says('enrolment')).to.contain(`${2 * need} bytes are to come`);
    expect(await room({}, { ...both, ...free(2 * need + 1_000) }).says('enrolment')).to.equal('room');
    // One that is under way goes on: what has begun later is not its business.
    expect(await room({}, both).says('input')).to.equal('room');
    expect(await room({}, free(500)).says('input', masking)).to.contain(', 0 are free');
  });

  it('is what the policy gives a job and all of them, of what they have already', async () => {
    expect(await room({ jobBytes: need + 300 }).says('enrolment')).to.equal('room');
    expect(await room({ jobBytes: need + 299 }).says('input')).to.equal(
      `job 7 would have ${need + 300} bytes, of ${need + 299}`,
    );
    expect(await room({ bytes: need + 320 }).says('enrolment')).to.equal('room');
    expect(await room({ bytes: need + 319 }).says('enrolment')).to.contain('all jobs would have');
  });

  it('is there where nobody can say what is free, and no quota is set', async () => {
    const unasked = () => Promise.reject(new Error('measured'));
    const bucket = { free: () => Promise.resolve(null), usage: unasked };
    expect(await room({}, bucket).says('enrolment')).to.equal('room');
  });

  it('is shown in figures', async () => {
    const { made } = room({}, { states: () => [announced, masking] });
    expect(await made.figures()).to.deep.equal({
      ...{ free: need + 1_000, kept: 320, reserved: need + bytesToCome(masking) },
    });
  });
});

describe('the usage of the place for blobs', () => {
  it('is measured anew while it may change, once when it may not, and not at all within a moment', async () => {
    let now = 0;
    let over = false;
    const asked: string[] = [];
    const kind = (name: string, ids: AttemptId[]) => ({
      attempts: () => Promise.resolve(ids),
      bytes: ({ round }: AttemptId) => {
        asked.push(`${name} ${round}`);
        return Promise.resolve(10 * round);
      },
    });
    const [one, two] = [1, 2].map((round) => ({ job: 7, round, attempt: 1 })) as [AttemptId, AttemptId];
    const look = usage({
      inputs: kind('inputs', [two]),
      evidence: kind('evidence', [one, { ...two, job: 8 }]),
      isOver: ({ round }) => round === 1 || over,
      now: () => now,
    });
    const measured = async () => [...(await look())].concat(asked.splice(0) as never[]);
    expect(await measured()).to.deep.equal([[7, 30], [8, 20], 'inputs 2', 'evidence 1', 'evidence 2']);
    now = 1_999;
    expect(await measured()).to.deep.equal([
      [7, 30],
      [8, 20],
    ]);
    now = 2_000;
    over = true;
    expect(await measured()).to.deep.equal([[7, 30], [8, 20], 'inputs 2', 'evidence 2']);
    now = 4_000;
    expect(await measured()).to.deep.equal([[7, 30], [8, 20], 'inputs 2']);
    now = 9_000;
    // However long it takes, it is measured once at a time.
    await Promise.all([look(), look()]);
    expect(asked.splice(0)).to.deep.equal(['inputs 2']);
  });
});
