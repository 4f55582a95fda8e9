/** A watch of a job on a real chain: what it approves, keeps and reports, and how it goes on. */
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { audit } from '#auditor/audit.ts';
import { levels } from '#auditor/check.ts';
import { readAuditFacts } from '#auditor/read-facts.ts';
import { type Evaluating } from '#buyer/rounds.ts';
import { domainOf } from '#buyer/setting.ts';
import { carBlockStore } from '#datasets/car.ts';
import { recoverTyped } from '#protocol/signature.ts';
import { type CompactSignature } from '#protocol/units.ts';
import { at } from '#test/contracts/world.ts';
import { codeOf, startStage, type Stage } from './stage.ts';
import { evaluatingRows, kinds, launched, now, type Launched } from './watching.ts';

describe('a watch', () => {
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

  const rootOf = async (round: number): Promise<string> => {
    const car = await carBlockStore(run.carOf(round));
    await car.close();
    return car.root.toString();
  };

  it('reports round 0, approves each round, and ends with the job', async () => {
    const fake = run.coordinator();
    const events = await run.watch(fake);
    expect(kinds(events)).to.deep.equal([
      'round 0',
      'settling',
      'approved',
      'settled',
      'round 1',
      'settling',
      'approved',
      'settled',
      'round 2',
      'finished',
    ]);
    expect(events.at(-1)).to.deep.equal({ kind: 'finished', settled: 2, rounds: 2 });
    const reports = events.flatMap((event) => (event.kind === 'round' ? [event.report] : []));
    const { facts } = await run.state();
    expect(reports.map(({ cohort, lost, transaction }) => [cohort, lost, transaction])).to.deep.equal([
      [0, 0, null],
      [4, 0, at(facts.settlements, 0).transaction],
      [4, 1, at(facts.settlements, 1).transaction],
    ]);
    expect(new Set(reports.map(({ evaluation }) => evaluation.metrics.logLoss)).size).to.equal(3);
    expect(at(reports, 0).evaluation.rows).to.equal(8);
  });

  it('signs approvals as the buyer, over exactly what is settled', async () => {
    const fake = run.coordinator();
    await run.watch(fake);
    const { facts } = await run.state();
    for (const [index, { message, signature }] of fake.approvals.entries()) {
      const settled = at(facts.settlements, index);
      expect(message).to.include({
        job: run.job,
        round: index + 1,
        manifest: settled.manifest,
        payoutRoot: settled.payoutRoot,
      });
      expect(message.total).to.equal(settled.total.toString());
      const signer = recoverTyped(domainOf(stage.setting), 'Approval', {
        message,
        signature: signature as CompactSignature,
      });
      expect(signer).to.equal(stage.world.buyer.address);
    }
    expect(fake.approvals).to.have.length(2);
  });

  it('asks for evidence with its own signature and a deadline minutes ahead', async () => {
    const fake = run.coordinator();
    await run.watch(fake);
    const { message, signature } = at(fake.requests, 0);
    expect(message).to.deep.equal({
      job: run.job,
      round: 1,
      attempt: 1,
      requester: stage.world.buyer.address,
      deadline: now() + 300,
    });
    const signer = recoverTyped(domainOf(stage.setting), 'EvidenceRequest', {
      message,
      signature: signature as CompactSignature,
    });
    expect(signer).to.equal(stage.world.buyer.address);
  });

  it('keeps evidence with which, and the chain, an auditor passes all levels', async () => {
    const fake = run.coordinator();
    await run.watch(fake);
    const cars = [await carBlockStore(run.carOf(1)), await carBlockStore(run.carOf(2))];
    const report = await audit(
      {
        domain: domainOf(stage.setting),
        facts: await readAuditFacts(stage.setting.contracts, run.job),
        blocks: stage.store,
        evidence: cars.map((source) => ({ root: source.root, source })),
      },
      { levels },
    );
    for (const car of cars) await car.close();
    const wrong = report.findings.filter(({ verdict }) => verdict.result !== 'passed');
    expect(wrong).to.deep.equal([]);
    expect(report).to.include({ passed: true, settled: 2 });
  });

  it('started again, reports what was settled and fetches the evidence that it missed', async () => {
    const fake = run.coordinator();
    await fake.settle();
    const events = await run.watch(fake);
    expect(kinds(events)).to.deep.equal([
      'round 0',
      'round 1',
      'settling',
      'approved',
      'settled',
      'round 2',
      'finished',
    ]);
    expect(existsSync(run.carOf(1))).to.equal(true);
    await rm(run.carOf(2));
    await writeFile(run.carOf(1), 'damaged');
    expect(kinds(await run.watch(fake))).to.deep.equal(['round 0', 'round 1', 'round 2', 'finished']);
    expect(await rootOf(2)).to.equal(at(fake.rounds, 1).evidence.toString());
    expect(await rootOf(1)).to.equal(at(fake.rounds, 0).evidence.toString());
    const asked = fake.requests.length;
    await run.watch(fake);
    expect(fake.requests.length, 'evidence that is kept is not fetched again').to.equal(asked);
  });

  it('waits for a coordinator that is away, and says so once', async () => {
    const fake = run.coordinator();
    fake.away.push('coordinator/unreachable', 'coordinator/unreachable', 'job/unknown');
    const events = kinds(await run.watch(fake));
    expect(events.slice(0, 4)).to.deep.equal([
      'round 0',
      'waiting coordinator/unreachable',
      'waiting job/unknown',
      'settling',
    ]);
    expect(events.at(-1)).to.equal('finished');
  });

  it('waits for a coordinator whose database is away', async () => {
    const fake = run.coordinator();
    fake.away.push('database/unreachable', 'database/unreachable');
    const events = kinds(await run.watch(fake));
    expect(events.slice(0, 3)).to.deep.equal(['round 0', 'waiting database/unreachable', 'settling']);
    expect(events.at(-1)).to.equal('finished');
  });

  it('stops for what waiting does not mend', async () => {
    const fake = run.coordinator();
    fake.away.push('request/schema');
    expect(await codeOf(run.watch(fake))).to.equal('request/schema');
  });

  it('stops when told to', async () => {
    const abort = new AbortController();
    const fake = run.coordinator();
    const watching = run.events(fake, abort.signal);
    await watching.next();
    abort.abort(new Error('told to'));
    const rest = async () => {
      while (!(await watching.next()).done);
    };
    const stopped: unknown = await rest().catch((error: unknown) => error);
    expect(stopped).to.have.property('message', 'told to');
  });
});
