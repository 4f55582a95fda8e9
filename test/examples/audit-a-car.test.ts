/** The example that audits a CAR: it passes an honest job, asks less without evidence, and names what was changed. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { succeed } from '#examples/demo/processes.ts';
import { fill, settledJobs, type SettledJobs } from '#test/lineage/settled-job.ts';
import { startIpfsProcess, type NodeProcess } from '#test/support/ipfs.ts';
import { exampleFile } from './files.ts';

type Ran = Readonly<{ code: number; lines: string[] }>;

describe('auditing a CAR', function () {
  this.timeout(180_000);
  const root = mkdtempSync(join(tmpdir(), 'tributary-audit-example-'));
  const car = join(root, 'job.car');
  let jobs: SettledJobs;
  let node: NodeProcess;

  before(async () => {
    jobs = await settledJobs(root);
    node = await startIpfsProcess(join(root, 'ipfs'));
    await fill(node.url, jobs.store);
    const env = { TRIBUTARY_HOME: jobs.home, TRIBUTARY_RPC: jobs.rpc, TRIBUTARY_IPFS: node.url };
    await succeed(['lineage', 'export', jobs.job, '--out', car], env);
    // The auditor has a file and a chain: no node is left to ask.
    await node.stop();
  });
  after(async () => {
    await node.stop();
    await jobs.stop();
    rmSync(root, { recursive: true, force: true });
  });

  const run = (file: string, evidence: readonly string[]): Promise<Ran> =>
    new Promise((resolve) => {
      const record = join(jobs.home, 'deployment.json');
      const args = [
        '--import',
        'tsx',
        exampleFile('audit-a-car'),
        jobs.rpc,
        record,
        jobs.job,
        file,
        ...evidence,
      ];
      execFile(process.execPath, args, (error, stdout) => {
        resolve({ code: Number(error?.code ?? 0), lines: stdout.trim().split('\n') });
      });
    });
  const evidence = (): string[] =>
    readdirSync(jobs.evidence, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.car'))
      .map((name) => join(jobs.evidence, name));

  it('passes every level of an honest job with its evidence', async () => {
    const { code, lines } = await run(car, evidence());
    expect(lines).to.deep.equal([
      JSON.stringify({ job: jobs.job, rounds: 2, levels: [1, 2, 3, 4, 5], passed: true }),
    ]);
    expect(code).to.equal(0);
  });

  it('asks three levels where no evidence was given', async () => {
    const { code, lines } = await run(car, []);
    expect(JSON.parse(lines.at(-1) ?? ''))
      .to.include({ passed: true })
      .and.to.deep.include({ levels: [1, 2, 3] });
    expect(code).to.equal(0);
  });

  it('names the block of which a byte was changed', async () => {
    const bytes = readFileSync(car);
    const at = bytes.length - 20;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(join(root, 'changed.car'), bytes);
    const { code, lines } = await run(join(root, 'changed.car'), []);
    expect(lines.some((line) => line.includes('link/altered'))).to.equal(true);
    expect(code).to.equal(1);
  });
});
