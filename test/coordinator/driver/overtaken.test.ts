/** A job that is taken up again waits for the chain's word before anything is done for it. */
import { expect } from 'chai';
import type { AttemptRules } from '#coordinator/round/base.ts';
import { TributaryError } from '#crypto/error.ts';
import { driverParts, performers, settle } from '../fakes.ts';
import { at, drawOf, enrolments, inPhase, play, rulesOf, cohort } from '../fixtures.ts';
import { announce } from '#coordinator/round/announced.ts';
import { id, resumedFrom } from './driving.ts';

const sparse = cohort({ n: 8, draw: drawOf(6, 5) });
const drawing = inPhase(play(announce(rulesOf(sparse)), enrolments(sparse)), 'drawing');
const away = () => new TributaryError('chain/unreachable', 'no answer');

/** What is done, in its order; the chain's answers are taken from the list, and a job whose chain is away asks again. */
function setup(answers: (string | null)[]) {
  const done: string[] = [];
  const made = driverParts({
    performers: performers({
      commitRoster: () => {
        done.push('commit-roster');
        return Promise.resolve({ type: 'given-up', reason: 'enough' } as const);
      },
      announce: (next) => {
        done.push(`announce ${next.attempt}`);
        return Promise.resolve<AttemptRules | null>(null);
      },
    }),
    lookAhead: () => {
      done.push('look');
      const answer = answers.shift();
      return answer === undefined ? Promise.reject(away()) : Promise.resolve(answer);
    },
  });
  made.clock.set(at(100));
  return { done, made };
}

describe('a job that is taken up again', () => {
  it('goes on where the chain has nothing newer', async () => {
    const { done, made } = setup([null]);
    const { driver } = await resumedFrom(drawing, made);
    await settle();
    expect(done).to.deep.equal(['look', 'commit-roster']);
    expect((await driver.attempt(id)).phase).to.equal('aborted');
  });

  it('ends its attempt where the round is settled, and does nothing of it', async () => {
    const { done, made } = setup(['settled already']);
    const { driver } = await resumedFrom(drawing, made);
    await settle();
    expect(done).to.deep.equal(['look', 'announce 2']);
    expect(await driver.attempt(id)).to.deep.include({ phase: 'aborted', reason: 'settled already' });
    expect(driver.view.state).to.equal('finished');
  });

  it('waits while the chain is away, says so once, and asks no more once it is stopped', async () => {
    const answers: (string | null)[] = [];
    const { done, made } = setup(answers);
    const { driver } = await resumedFrom(drawing, made);
    await made.clock.advance(2);
    await made.clock.advance(2);
    expect(done).to.deep.equal(['look', 'look', 'look']);
    expect(made.log.lines.filter(({ message }) => message.startsWith('whether the chain'))).to.have.length(1);
    answers.push(null);
    await made.clock.advance(2);
    expect(done.slice(3)).to.deep.equal(['look', 'commit-roster']);
    await driver.stop();

    const stopped = setup([]);
    const other = await resumedFrom(drawing, stopped.made);
    await other.driver.stop();
    await stopped.made.clock.advance(60);
    expect(stopped.done).to.deep.equal(['look']);
  });
});
