/** The example of a buyer's own model runs as it is written down. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';

const folder = 'examples/bring-your-own-model';
const run = (model: string) =>
  spawnSync(process.execPath, ['--import', 'tsx', `${folder}/main.ts`, model], { encoding: 'utf8' });

describe('examples/bring-your-own-model', function () {
  this.timeout(60_000);

  it('says what owners must allow, and takes a step', () => {
    const { status, stdout, stderr } = run(`${folder}/model.json`);
    expect(status, stderr).to.equal(0);
    const said = JSON.parse(stdout) as { loss: number };
    // 4 × 8 + 8 + 8 × 3 + 3 weights; an untrained guess among three classes costs about ln 3.
    expect(said).to.deep.include({ owners: { mustAllow: ['Dense'] }, weights: 67, steps: 1 });
    expect(said.loss).to.be.within(0.5, 2);
  });

  it('refuses a layer that no owner would build, by its name', () => {
    const home = mkdtempSync(join(tmpdir(), 'tributary-model-'));
    const bad = join(home, 'model.json');
    writeFileSync(bad, readFileSync(`${folder}/model.json`, 'utf8').replace('"Dense"', '"Lambda"'));
    const { status, stderr } = run(bad);
    rmSync(home, { recursive: true });
    expect(status).to.equal(1);
    expect(stderr).to.match(/layer 0 \(Lambda "hidden"\) is not allowed/);
  });
});
