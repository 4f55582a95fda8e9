/** Dealers who cheat where only opened shares show it: the attempt fails, and everyone can see by whose fault. */
import { expect } from 'chai';
import { takeStep } from '#client/take-step.ts';
import { operatorAddress } from '#test/support/cohort.ts';
import { removeHomes } from '#test/client/support/home.ts';
import { dealFalsely, type Cheat } from './cheats.ts';
import {
  act,
  completeStage,
  membershipOf,
  phaseOf,
  slowly,
  sparseStage,
  timeOut,
  untilPhase,
  viewFor,
  type Stage,
} from './stage.ts';

/** Plays to the end of unmasking; seat 2 cheats, and is lost at upload where asked. */
async function played(stage: Stage, cheat: Cheat, lost: boolean): Promise<void> {
  expect(new Set(await act(stage))).to.deep.equal(new Set([null]));
  const cheater = stage.attempts[2]!;
  await dealFalsely(cheater, await membershipOf(stage, cheater), cheat);
  const honest = (seat: number) => seat !== 2;
  await act(stage, honest);
  expect(await phaseOf(stage)).to.equal('receiving');
  expect(new Set(await act(stage))).to.deep.equal(new Set([null]));
  expect(await phaseOf(stage)).to.equal('masking');
  const present = lost ? honest : () => true;
  expect(new Set(await act(stage, present))).to.deep.equal(new Set([null]));
  if (lost) await timeOut(stage);
  expect(await phaseOf(stage)).to.equal('confirming');
  expect(new Set(await act(stage, present))).to.deep.equal(new Set([null]));
  expect(await phaseOf(stage)).to.equal('unmasking');
  await act(stage, honest);
}

async function failedView(stage: Stage) {
  const view = await viewFor(stage, stage.attempts[0]!);
  if (view.phase !== 'failed') throw new Error(view.phase);
  if (!view.fault) throw new Error('nobody is named');
  return { ...view, fault: view.fault };
}

describe('a dealer whose opened shares restore another secret', () => {
  let stage: Stage | null = null;
  afterEach(async () => {
    await stage?.stop();
    stage = null;
    removeHomes();
  });

  const cases: [Cheat, boolean, 'seed' | 'mask'][] = [
    ['other-seed', false, 'seed'],
    ['other-mask-key', true, 'mask'],
  ];
  for (const [cheat, lost, kind] of cases) {
    it(`is named by its own signatures: ${cheat}, ${lost ? 'lost at upload' : 'a survivor'}`, async () => {
      stage = await completeStage();
      await played(stage, cheat, lost);
      const { fault, ...view } = await failedView(stage);
      expect(view.reason).to.match(/^member 2 lied/);
      expect(fault.kind).to.equal(kind);
      expect(fault.enrolment.message).to.include({ seat: 2, operator: operatorAddress(2) });
      expect(fault.opened).to.have.length(4);

      // Nobody is believed on the word of a coordinator.
      const [first] = stage.attempts;
      const forged = { ...fault, opened: fault.opened.slice(1) };
      expect((await takeStep(first!, { ...view, fault: forged }))?.code).to.equal('fault/share-count');
      expect(first!.record.decided('fault')).to.equal(null);

      expect(new Set(await act(stage))).to.deep.equal(new Set([null]));
      const named = stage.said.filter(({ facts }) => 'operator' in facts);
      expect(named).to.have.length(5);
      for (const { facts, message } of named) {
        expect(facts).to.include({ seat: 2, operator: operatorAddress(2) });
        expect(message).to.contain(`operator ${operatorAddress(2)} of seat 2`);
      }
      for (const { record } of stage.attempts) expect(record.decided('fault')).to.deep.equal(fault);
    });
  }

  slowly('costs nothing where the secret that it dealt falsely is not the one that is opened', async () => {
    stage = await completeStage();
    await played(stage, 'other-mask-key', false);
    await untilPhase(stage, 'settling');
  });

  slowly("is named in a sparse attempt, by its neighbours' shares", async () => {
    stage = await sparseStage();
    await played(stage, 'steep', true);
    const { fault } = await failedView(stage);
    expect(fault.roster.graph).to.equal('sparse');
    expect(fault.opened).to.have.length(5);
    expect(new Set(await act(stage))).to.deep.equal(new Set([null]));
    expect(stage.said.filter(({ facts }) => 'operator' in facts)).to.have.length(12);
  });
});
