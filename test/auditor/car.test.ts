/** An audit of the files that people give: one CAR of the lineage, one of evidence a round. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { audit } from '#auditor/audit.ts';
import { levels } from '#auditor/check.ts';
import { firstFailure } from '#auditor/report.ts';
import type { Given } from '#auditor/subject.ts';
import { carBlockStore, writeCar, type CarSource } from '#datasets/car.ts';
import { digestHex } from '#model/model-store.ts';
import { consistentForgery } from './forge.ts';
import { faults } from './found.ts';
import { honestLineage, type Lineage, type Round } from './lineage.ts';

describe('an audit of CAR files', () => {
  let honest: Lineage;
  let first: Round;
  let second: Round;
  before(async () => {
    honest = await honestLineage();
    [first, second] = honest.rounds as [Round, Round];
  });

  let folder: string;
  const opened: CarSource[] = [];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tributary-audit-'));
  });
  after(async () => {
    for (const car of opened) await car.close();
    await rm(folder, { recursive: true });
  });

  const open = async (name: string): Promise<CarSource> => {
    const car = await carBlockStore(join(folder, name));
    opened.push(car);
    return car;
  };
  const given = async (lineage: CarSource, evidence: readonly string[]): Promise<Given> => {
    const copies = [];
    for (const name of evidence) {
      const source = await open(name);
      copies.push({ root: source.root, source });
    }
    return { ...honest.given, blocks: lineage, claimedHead: lineage.root, evidence: copies };
  };
  const evidenceFiles = ['round-1.car', 'round-2.car'];
  before(async () => {
    await writeCar(join(folder, 'lineage.car'), honest.store, second.manifest);
    await writeCar(join(folder, 'round-1.car'), honest.evidence, first.evidence);
    await writeCar(join(folder, 'round-2.car'), honest.evidence, second.evidence);
  });

  it('passes with the lineage in one file and the evidence in one a round', async () => {
    const lineage = await open('lineage.car');
    expect(await faults(await given(lineage, evidenceFiles))).to.deep.equal([]);
  });

  it('names the link of a byte that was flipped on disk', async () => {
    const bytes = await readFile(join(folder, 'lineage.car'));
    const { bytes: payouts } = honest.store.blocks.get(second.payouts.toString())!;
    const at = bytes.indexOf(payouts) + 40;
    expect(at).to.be.greaterThan(40);
    await writeFile(join(folder, 'flipped.car'), bytes.with(at, bytes[at]! ^ 4));
    const found = await faults(await given(await open('flipped.car'), evidenceFiles));
    expect(found).to.deep.equal([
      'links.round @ round 2: link/altered',
      'payouts.leaves @ round 2: not checked',
    ]);
    const report = await audit(await given(await open('flipped.car'), []), { levels: [1] });
    expect(firstFailure(report)).to.equal(
      `round 2 → payouts (${second.payouts.toString()}): its bytes are not those that the link names (link/altered)`,
    );
  });

  it('names the round whose digest on chain a consistent forgery can not have', async () => {
    const forgery = await consistentForgery(honest, {
      cid: first.manifest,
      value: (manifest) => ({ ...manifest, modelAfter: honest.job.manifest.model }),
    });
    await writeCar(join(folder, 'forged.car'), forgery.blocks, forgery.claimedHead!);
    const car = await open('forged.car');
    expect(digestHex(car.root)).not.to.equal(honest.facts.job.settlements[1]!.manifest);
    const report = await audit(await given(car, evidenceFiles), { levels });
    expect(firstFailure(report)).to.match(
      /^round 1: the digest on chain of round 1 is that of bafy\w+, the copy says bafy\w+ \(lineage\/differs-from-chain\)$/,
    );
    expect(report.passed).to.equal(false);
  });
});
