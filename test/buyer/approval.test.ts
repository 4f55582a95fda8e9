/** What a buyer does not approve, and the evidence that it takes. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { signApproval } from '#buyer/approval.ts';
import { keepEvidence } from '#buyer/evidence.ts';
import { type Evaluating } from '#buyer/rounds.ts';
import { domainOf } from '#buyer/setting.ts';
import { evidenceLimit } from '#model/fetch-evidence.ts';
import type { Proposal } from '#protocol/attempt-view.ts';
import { toAmount, toSeconds } from '#protocol/units.ts';
import { digestOfText } from '#test/support/cohort.ts';
import { at } from '#test/contracts/world.ts';
import { type Lies } from './fake-coordinator.ts';
import { codeOf, startStage, type Stage } from './stage.ts';
import { evaluatingRows, kinds, launched, now, type Launched } from './watching.ts';

describe('a buyer', () => {
  let stage: Stage;
  let evaluating: Evaluating;
  let run: Launched;
  before(async () => {
    stage = await startStage();
    evaluating = await evaluatingRows();
  });
  beforeEach(async () => {
    stage = await stage.reset();
    run = await launched(stage, evaluating);
  });
  after(() => stage.stop());

  describe('does not approve', () => {
    const refused = async (lies: Lies): Promise<string[]> => {
      const fake = run.coordinator(lies);
      const events: string[] = [];
      for await (const event of run.events(fake)) {
        events.push(...kinds([event]));
        if (event.kind === 'phase' && event.phase === 'settled') break;
      }
      expect(fake.approvals).to.deep.equal([]);
      return events;
    };

    it('a sum that is not that of the inputs, at whatever coordinate', async () => {
      expect(await refused({ sum: true })).to.deep.equal([
        'round 0',
        'settling',
        'refused aggregate/differs',
        'settled',
      ]);
    });

    it('payouts that the rounds did not earn', async () => {
      expect(await refused({ payoutRoot: digestOfText('mine') })).to.include('refused payouts/differ');
    });

    it('what it has no true evidence of', async () => {
      expect(await refused({ evidence: true })).to.include('refused evidence/altered');
      expect(existsSync(run.carOf(1))).to.equal(false);
    });

    it('two results of one attempt', async () => {
      const { home, key } = stage.setting;
      const id = { job: run.job, round: 1, attempt: 1 };
      const proposal: Proposal = {
        manifest: digestOfText('one'),
        payoutRoot: digestOfText('root'),
        total: toAmount(1n),
        participants: '0x0f',
        deadline: toSeconds(5),
        evidence: digestOfText('evidence'),
      };
      const sign = (change: Partial<Proposal>) =>
        signApproval(home, domainOf(stage.setting), key, id, { ...proposal, ...change });
      const first = await sign({});
      expect(await sign({})).to.deep.equal(first);
      expect(await sign({ deadline: toSeconds(6) })).to.have.property('signature');
      for (const change of [
        { manifest: digestOfText('two') },
        { payoutRoot: digestOfText('x') },
        { total: toAmount(2n) },
        { participants: '0x07' as const },
      ]) {
        expect(await sign(change)).to.have.property('code', 'approval/conflict');
      }
      expect(await refused({})).to.include('refused approval/conflict');
    });
  });

  it('goes on where its approval comes too late', async () => {
    const fake = run.coordinator({ approve: 'attempt/wrong-phase' });
    const events = kinds(await run.watch(fake));
    expect(events).to.include('waiting attempt/wrong-phase').and.not.include('approved');
    expect(events.at(-1)).to.equal('finished');
  });

  it('takes no more evidence than the job can need', async () => {
    const fake = run.coordinator();
    await fake.settle();
    const { evidence: root } = at(fake.rounds, 0);
    const from = {
      api: fake.api,
      domain: domainOf(stage.setting),
      id: { job: run.job, round: 1, attempt: 1 },
      key: stage.setting.key,
      now,
    };
    const honest = evidenceLimit((await run.state()).job);
    const fetched = (limit: object) => keepEvidence(run.carOf(9), root, { ...honest, ...limit }, from);
    for (const limit of [{ bytes: 2_000 }, { blocks: 3 }]) {
      expect(await codeOf(fetched(limit))).to.equal('evidence/too-big');
      expect(await readdir(join(run.carOf(9), '..'))).to.deep.equal([]);
    }
    await fetched({});
  });

  it('says when there is no room for evidence', async function () {
    if (process.platform !== 'linux') this.skip();
    const fake = run.coordinator();
    await fake.settle();
    const file = run.carOf(1);
    await mkdir(join(file, '..'), { recursive: true });
    await symlink('/dev/full', `${file}.partial`);
    expect(kinds(await run.watch(fake)))
      .to.include('waiting storage/full')
      .and.include('finished');
  });
});
