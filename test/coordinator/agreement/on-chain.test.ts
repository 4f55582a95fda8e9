import { expect } from 'chai';
import { abortAttempt, commitRoster, fixSurvivors } from '#contracts/attempt-outcomes.ts';
import { readAttempt } from '#contracts/attempts.ts';
import type { SendingContracts } from '#contracts/connect.ts';
import { chainAborter } from '#coordinator/agreement/abort-on-chain.ts';
import { rosterCommitter } from '#coordinator/agreement/commit-roster.ts';
import { survivorsFixer } from '#coordinator/agreement/fix-survivors.ts';
import { freeAttempt } from '#coordinator/agreement/free-attempt.ts';
import { agreedRoot } from '#protocol/rules/survivors.ts';
import type { Bytes32 } from '#protocol/units.ts';
import { activeJob, type TestJob } from '#test/contracts/job.ts';
import { startWorld, type World } from '#test/contracts/world.ts';
import { cohort, digestOfText, type Cohort } from '#test/support/cohort.ts';
import { codeOf } from '../code-of.ts';
import { drawOf, honestly, inPhase, play, rulesOf } from '../fixtures.ts';

describe('the coordinator, agreeing by a real chain', function () {
  this.timeout(60_000);
  let world: World;
  let job: TestJob;
  let members: Cohort;
  const contracts = (): SendingContracts => world.coordinator.contracts;
  const onChain = (attempt = 1) => readAttempt(contracts(), { ...members.id, attempt });
  const mine = (blocks: number) => world.chain.provider.send('anvil_mine', [`0x${blocks.toString(16)}`]);

  before(async () => void (world = await startWorld()));
  after(() => world.stop());
  beforeEach(async () => {
    await world.reset();
    job = await activeJob(world, { rounds: 2, seats: [{ price: 10n, units: 2 }] });
    members = attemptOf(1);
  });

  const attemptOf = (attempt: number): Cohort =>
    cohort({
      n: 8,
      id: { job: Number(job.job), round: 1, attempt },
      on: { chainId: world.deployment.chainId, escrow: world.deployment.escrow },
      draw: drawOf(6, 5),
    });

  describe('commits the roster', () => {
    const commit = (of: Cohort = members) => rosterCommitter(contracts())(honestly(of, 'drawing'));

    it('once, waits for the block of the draw, and reads degree, threshold and randomness', async () => {
      expect(await commit()).to.equal(null);
      const { outcome, roster, seedBlock } = await onChain();
      expect({ outcome, roster }).to.deep.equal({ outcome: 'committed', roster: members.roster.root });
      expect(await commit()).to.equal(null);
      await mine(2);
      const block = await world.chain.provider.getBlock(seedBlock);
      const draw = { degree: 6, threshold: 5, seedBlock, randao: block?.prevRandao };
      expect(await commit()).to.deep.equal({ type: 'drawn', draw });
    });

    it('never over another: the attempt is given up, and one aborted by others too', async () => {
      await commitRoster(contracts(), members.id, digestOfText('other'));
      const given = await commit();
      expect(given).to.include({ type: 'given-up' });
      await abortAttempt(contracts(), members.id);
      expect(await commit()).to.deep.equal({ type: 'chain-aborted' });
    });

    it('gives an attempt up that the escrow does not take', async () => {
      const second = attemptOf(2);
      await commitRoster(contracts(), second.id, digestOfText('second'));
      expect(await commit())
        .to.have.property('reason')
        .that.matches(/^escrow\/attempt-stands: /);
      await abortAttempt(contracts(), second.id);
      expect(await commit())
        .to.have.property('reason')
        .that.matches(/^escrow\/attempt-out-of-order: /);
      await world.chain.mineAt(job.cutoff + 1);
      expect(await commit(attemptOf(3)))
        .to.have.property('reason')
        .that.matches(/^escrow\/past-cutoff: /);
    });

    it('fails where no attempt would fare better', async () => {
      for (let attempt = 1; attempt <= 8; attempt++) {
        await commitRoster(contracts(), { ...members.id, attempt }, digestOfText(`roster ${attempt}`));
        await abortAttempt(contracts(), { ...members.id, attempt });
      }
      expect(await commit(attemptOf(9))).to.include({ type: 'failed' });
      const stranger = rosterCommitter(world.stranger.contracts);
      const refused = await stranger(honestly(attemptOf(9), 'drawing'));
      expect(refused)
        .to.have.property('reason')
        .that.matches(/^escrow\/not-coordinator: /);
    });

    it('fails on a chain whose blocks bring no randomness', async () => {
      await commit();
      const provider = {
        getBlockNumber: () => contracts().provider.getBlockNumber(),
        getBlock: () => Promise.resolve({ prevRandao: `0x${'00'.repeat(31)}07` }),
      } as unknown as SendingContracts['provider'];
      await mine(2);
      const event = await rosterCommitter({ ...contracts(), provider })(honestly(members, 'drawing'));
      expect(event).to.include({ type: 'failed' });
      expect(event)
        .to.have.property('reason')
        .that.matches(/^chain\/no-randomness: /);
    });

    it('fails over survivors of the same roster, and is to be tried again without a chain', async () => {
      await commit();
      await fixSurvivors(contracts(), members.id, digestOfText('survivors'));
      expect(await commit()).to.deep.equal({
        type: 'failed',
        reason: 'the escrow holds survivors of an attempt that only began',
      });
      const away = {
        getBlockNumber: () => Promise.reject(new Error('ECONNREFUSED')),
      } as unknown as SendingContracts['provider'];
      const event = rosterCommitter({ ...contracts(), provider: away })(honestly(members, 'drawing'));
      expect(await codeOf(event)).to.match(/^chain\//);
    });
  });

  describe('fixes the survivors', () => {
    const fix = () => survivorsFixer(contracts())(honestly(members, 'agreeing'));
    const root = (): Bytes32 => agreedRoot(members.roster, members.inputs);
    beforeEach(() => commitRoster(contracts(), members.id, members.roster.root));

    it('once, and finds them again', async () => {
      expect(await fix()).to.deep.equal({ type: 'agreed' });
      expect(await onChain()).to.deep.include({ outcome: 'survivors', survivors: root() });
      const block = await world.chain.provider.getBlockNumber();
      expect(await fix()).to.deep.equal({ type: 'agreed' });
      expect(await world.chain.provider.getBlockNumber()).to.equal(block);
    });

    it('never others: those are final', async () => {
      await fixSurvivors(contracts(), members.id, digestOfText('fewer'));
      expect(await fix()).to.deep.equal({
        type: 'failed',
        reason: 'the escrow holds other survivors of this attempt',
      });
    });

    it('not of an attempt that was aborted, nor past the cutoff', async () => {
      await abortAttempt(contracts(), members.id);
      expect(await fix()).to.deep.equal({ type: 'chain-aborted' });
      members = attemptOf(2);
      expect(await fix()).to.equal(null);
      await commitRoster(contracts(), members.id, members.roster.root);
      await world.chain.mineAt(job.cutoff + 1);
      expect(await fix())
        .to.have.property('reason')
        .that.matches(/^escrow\/past-cutoff: /);
    });
  });

  describe('says that an attempt is aborted', () => {
    const ended = () => {
      const drawing = honestly(members, 'drawing', rulesOf(members));
      return inPhase(play(drawing, [{ type: 'given-up', reason: 'why' }]), 'aborted');
    };
    const abort = () => chainAborter(contracts())(ended());

    it('once, and finds it again', async () => {
      await commitRoster(contracts(), members.id, members.roster.root);
      expect(await abort()).to.deep.equal({ type: 'chain-aborted' });
      expect((await onChain()).outcome).to.equal('aborted');
      const block = await world.chain.provider.getBlockNumber();
      expect(await abort()).to.deep.equal({ type: 'chain-aborted' });
      expect(await world.chain.provider.getBlockNumber()).to.equal(block);
    });

    it('not of one whose roster never got there, nor of one with survivors', async () => {
      expect(await abort()).to.deep.equal({ type: 'chain-aborted' });
      expect((await onChain()).outcome).to.equal('none');
      await commitRoster(contracts(), members.id, members.roster.root);
      await fixSurvivors(contracts(), members.id, digestOfText('survivors'));
      expect(await abort()).to.deep.equal({
        type: 'failed',
        reason: 'the escrow holds survivors of an attempt that was given up',
      });
    });
  });

  it('goes on behind what an earlier life of it left on chain, and ends that', async () => {
    expect(await freeAttempt(contracts(), members.id)).to.deep.equal(members.id);
    await commitRoster(contracts(), members.id, digestOfText('first'));
    await abortAttempt(contracts(), members.id);
    await commitRoster(contracts(), { ...members.id, attempt: 2 }, digestOfText('second'));
    expect(await freeAttempt(contracts(), members.id)).to.deep.equal({ ...members.id, attempt: 3 });
    expect((await onChain(2)).outcome).to.equal('aborted');
    expect((await onChain(1)).outcome).to.equal('aborted');
  });

  it('goes on behind no survivors: no other attempt can settle the round', async () => {
    await commitRoster(contracts(), members.id, digestOfText('first'));
    await fixSurvivors(contracts(), members.id, digestOfText('survivors'));
    expect(await codeOf(freeAttempt(contracts(), members.id))).to.equal('coordinator/attempt-lost');
  });
});
