/** The audit as a whole: its order, and its report. */
import { expect } from 'chai';
import { audit } from '#auditor/audit.ts';
import { levels } from '#auditor/check.ts';
import { checks } from '#auditor/checks.ts';
import { firstFailure, type Finding, type Report } from '#auditor/report.ts';
import { reportText } from '#auditor/report-text.ts';
import { settledLie } from './forge.ts';
import { honestLineage, type Lineage, type Round } from './lineage.ts';

describe('an audit', () => {
  let honest: Lineage;
  let first: Round;
  before(async () => {
    honest = await honestLineage();
    [first] = honest.rounds as [Round, Round];
  });

  describe('of an honest job', () => {
    let report: Report;
    const told: Finding[] = [];
    before(async () => {
      report = await audit(honest.given, { levels, onFinding: (finding) => told.push(finding) });
    });

    it('passes every check of every level, once for the job or for each round', () => {
      expect(report.passed).to.equal(true);
      const asked = report.findings.map(
        ({ level, id, place, verdict }) => `${level} ${id} ${place} ${verdict.result}`,
      );
      expect(asked).to.deep.equal([
        '1 chain.job job passed',
        '1 chain.head round 1 passed',
        '1 chain.head round 2 passed',
        '1 lineage.copy job passed',
        '1 lineage.terms job passed',
        '1 lineage.manifest round 1 passed',
        '1 lineage.manifest round 2 passed',
        '1 lineage.previous round 1 passed',
        '1 lineage.previous round 2 passed',
        '1 lineage.model-before round 1 passed',
        '1 lineage.model-before round 2 passed',
        '1 lineage.optimiser-before round 1 passed',
        '1 lineage.optimiser-before round 2 passed',
        '1 links.terms job passed',
        '1 links.round round 1 passed',
        '1 links.round round 2 passed',
        '2 seats.units job passed',
        '2 datasets.policy job passed',
        '2 signatures.roster round 1 passed',
        '2 signatures.roster round 2 passed',
        '2 agreement.graph round 1 passed',
        '2 agreement.graph round 2 passed',
        '2 cohort.size round 1 passed',
        '2 cohort.size round 2 passed',
        '2 cohort.owners round 1 passed',
        '2 cohort.owners round 2 passed',
        '2 cohort.policy round 1 passed',
        '2 cohort.policy round 2 passed',
        '2 cohort.weights round 1 passed',
        '2 cohort.weights round 2 passed',
        '3 model.transition round 1 passed',
        '3 model.transition round 2 passed',
        '4 evidence.root round 1 passed',
        '4 evidence.root round 2 passed',
        '4 evidence.manifest round 1 passed',
        '4 evidence.manifest round 2 passed',
        '4 evidence.messages round 1 passed',
        '4 evidence.messages round 2 passed',
        '4 evidence.secrets round 1 passed',
        '4 evidence.secrets round 2 passed',
        '4 evidence.inputs round 1 passed',
        '4 evidence.inputs round 2 passed',
        '4 aggregate.sum round 1 passed',
        '4 aggregate.sum round 2 passed',
        '5 payouts.participants round 1 passed',
        '5 payouts.participants round 2 passed',
        '5 payouts.leaves round 1 passed',
        '5 payouts.leaves round 2 passed',
        '5 payouts.claims job passed',
        '5 payouts.money job passed',
      ]);
    });

    it('tells each finding as it is made', () => {
      expect(told).to.deep.equal(report.findings);
    });

    it('says what it counted', () => {
      const details = Object.fromEntries(
        report.findings.map(({ id, place, verdict }) => [
          `${id} ${place}`,
          verdict.result === 'passed' && verdict.detail,
        ]),
      );
      expect(details).to.include({
        'chain.job job': 'job 7 is active, 6 seats, 2 of 2 rounds settled',
        'links.terms job': '13 blocks',
        'seats.units job': '6 seats, 270 base units paid for access',
        'cohort.size round 2': '5 enrolled, 5 shared, 4 survived',
        'cohort.owners round 2': '5 owners',
        'cohort.policy round 2': '4 survivors among peers',
        'cohort.weights round 2': '11 over 4 seats',
        'evidence.root round 2': '9 blocks',
        'evidence.secrets round 2': '4 seeds, 1 mask secrets',
        'evidence.messages round 2': '5 shares, 4 inputs, 4 confirmations',
        'evidence.inputs round 1': '5 inputs of 16 words of 15 bits',
        'payouts.participants round 2': 'seats 0, 1, 2, 4',
      });
    });

    it('lists what is owed and claimed, as decimal text', () => {
      expect(report.payouts.owed).to.equal('1197');
      expect(report.payouts.claimed).to.equal('388');
      expect(report.payouts.seats[3]).to.deep.equal({ seat: 3, units: 1, owed: '123', claimed: '123' });
    });

    it('is JSON', () => {
      expect(JSON.parse(JSON.stringify(report))).to.deep.equal(report);
    });

    it('reads as a table with a last line that decides', () => {
      const lines = reportText(report).split('\n');
      expect(lines[0]).to.equal(`audit of 31337:0x${'ee'.repeat(20)}/7, 2 rounds settled`);
      expect(lines).to.include(
        '1  ' + 'chain.job'.padEnd(24) + '  job      ok  job 7 is active, 6 seats, 2 of 2 rounds settled',
      );
      expect(lines.slice(-7)).to.deep.equal([
        'level 1: passed',
        'level 2: passed',
        'level 3: passed',
        'level 4: passed',
        'level 5: passed',
        'payouts: 388 claimed of 1197 owed',
        'The audit passed.',
      ]);
      expect(firstFailure(report)).to.equal(undefined);
    });
  });

  it('asks only the levels that were asked for', async () => {
    const report = await audit(honest.given, { levels: [3] });
    expect(report.findings.map(({ id }) => id)).to.deep.equal(['model.transition', 'model.transition']);
    expect(report.passed).to.equal(true);
    expect((await audit(honest.given, { levels: [] })).passed).to.equal(false);
  });

  it('has not passed a level of which nothing could be asked', async () => {
    const facts = { ...honest.facts, job: { ...honest.facts.job, settlements: [] } };
    const report = await audit({ ...honest.given, facts }, { levels: [1, 3] });
    expect(report.findings.every(({ verdict }) => verdict.result === 'passed')).to.equal(true);
    expect(report.passed).to.equal(false);
    expect(reportText(report))
      .to.contain('level 1: passed\nlevel 3: NOT PASSED')
      .and.contain('The audit did NOT pass.');
    expect(report.payouts.owed).to.equal('0');
  });

  it('needs only earlier checks of the same level and scope', () => {
    for (const [at, check] of checks.entries()) {
      for (const id of check.needs ?? []) {
        const basis = checks.slice(0, at).find((one) => one.id === id);
        expect(basis, `${check.id} needs ${id}`).to.include({ level: check.level, scope: check.scope });
      }
    }
    expect(checks.map(({ level }) => level)).to.deep.equal(checks.map(({ level }) => level).sort());
    expect(new Set(checks.map(({ id }) => id)).size).to.equal(checks.length);
  });

  it('shows a failure with place and code, and no control characters of strangers', async () => {
    const given = await settledLie(honest, {
      cid: first.payouts,
      value: () => ({ kind: 'tributary/payouts\u001b[2J\u0007' }),
    });
    const report = await audit(given, { levels: [5] });
    expect(firstFailure(report)).to.match(/^round 1 → payouts: .* \(lineage\/bad-block\)$/s);
    const text = reportText(report);
    expect(text).to.contain('FAILED');
    expect(text.replaceAll('\n', '')).not.to.match(/\p{Cc}/u);
    const bell = report.findings.map((one) => ({
      ...one,
      verdict: { result: 'not checked' as const, why: 'a\u0007\u001bb' },
    }));
    expect(reportText({ ...report, findings: bell })).to.contain('not checked  a  b');
  });
});
