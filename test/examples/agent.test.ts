/** The agent's example, for real: a chain, an IPFS node, a coordinator and three owners, each a process of its own. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { setUpCoordinator, setUpOwners, type Coordinator, type Owner } from '#examples/demo/actors.ts';
import { writeData, type StoryData } from '#examples/demo/data.ts';
import { command, succeed, type Line } from '#examples/demo/processes.ts';
import { samples } from '#examples/demo/samples.ts';
import { startStack, type Stack } from '#examples/demo/stack.ts';

const price = 1_000_000n;
/** Three owners, ten rounds, and not a base unit more. */
const cap = 3n * 10n * price;

describe('examples/agent', function () {
  // Some 60 s on a quiet machine.
  this.timeout(300_000);
  let root: string;
  let stack: Stack;
  let data: StoryData;
  let owners: Owner[];
  let coordinator: Coordinator;

  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'tributary-agent-'));
    stack = await startStack(root, () => undefined);
    data = writeData(stack.folder('data'), samples.wdbc, 1, 3);
    [owners, coordinator] = await Promise.all([
      setUpOwners(stack, data, samples.wdbc.owner),
      setUpCoordinator(stack, ''),
    ]);
    const clients = owners.map((owner) => owner.start());
    await Promise.all(clients.map((client) => client.ready()));
    const { buyer } = await succeed(['buyer', 'init'], stack.home('buyer'));
    await succeed(['chain', 'fund', String(buyer), '--coins', '1000000000'], stack.home('faucet'));
  });
  after(async () => {
    await stack.stop();
    rmSync(root, { recursive: true, force: true });
  });

  async function runAgent(target: string): Promise<Line[]> {
    const args = [
      ...['--import', 'tsx', 'examples/agent/main.ts', '--coordinator', coordinator.url],
      ...['--held-out', data.heldOut, '--label', 'diagnosis', '--cap', String(cap), '--target', target],
    ];
    const child = spawn(process.execPath, args, {
      env: { ...process.env, ...stack.home('buyer') },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [output, errors] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    const [status] = (await once(child, 'close')) as [number | null];
    expect(status, errors).to.equal(0);
    return output
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Line);
  }

  it('sees the market as a buyer does', async () => {
    const { code, line } = await command(['buyer', 'datasets', '--label', 'diagnosis'], stack.home('nobody'));
    expect(code).to.equal(0);
    expect(line).to.include({ event: 'datasets', shown: 3, of: 3, unreadable: 0 });
  });

  it('reaches its target within its cap, stops there, and the rest comes back', async () => {
    const lines = await runAgent('0.93');
    const stopped = lines.at(-1);
    expect(stopped).to.include({ event: 'stopped', reason: 'target-met' });
    const { history, reserved } = stopped!['state'] as { history: number[]; reserved: { limit: string }[] };
    expect(history.at(-1)).to.be.at.least(0.93);
    expect(history.slice(0, -1).every((value) => value < 0.93)).to.equal(true);
    expect(reserved.map(({ limit }) => limit)).to.deep.equal([String(cap)]);

    const job = String(stopped?.['job']);
    expect(lines.some(({ event }) => event === 'quote')).to.equal(true);
    // Ten rounds were paid in; what was not trained is the buyer's again.
    const toReturn = BigInt(String(stopped?.['toReturn']));
    expect(toReturn > 0n && toReturn < cap).to.equal(true);
    const found = await succeed(['buyer', 'refund', '--dry-run'], stack.home('buyer'));
    const [refund] = found['jobs'] as { job: number; worth: string; state: string }[];
    expect(refund).to.include({ job: Number(job), worth: String(toReturn) });

    // Started again, it goes on with the same launch, pays for nothing and stops at the same round.
    const again = (await runAgent('0.93')).at(-1);
    expect(again).to.include({ reason: 'target-met', job: stopped?.['job'], toReturn: String(toReturn) });
  });

  it('leaves a job that its commands evaluate, and money that they spend and take back', async () => {
    const home = stack.home('buyer');
    const { chainId, escrow } = JSON.parse(readFileSync(stack.folder('deployment.json'), 'utf8')) as Line;
    const job = `${String(chainId)}:${String(escrow)}/1`;
    const car = stack.folder('lineage.car');
    await succeed(['lineage', 'export', job, '--out', car], home);
    const scored = ['buyer', 'evaluate', job, '--held-out', data.heldOut];
    const last = await succeed(scored, stack.home('nobody'));
    expect(last['accuracy']).to.be.at.least(0.93);
    expect(await succeed([...scored, '--car', car], stack.home('nobody'))).to.deep.equal(last);

    const datasets = owners.map(({ dataset }) => dataset).join(',');
    const units = ['buyer', 'buy', '--datasets', datasets, '--rounds', '2'];
    expect(await succeed([...units, '--dry-run'], home)).to.include({ event: 'dry-run', toPay: '6000000' });
    const dear = await command([...units, '--max-cost', '5999999'], home);
    expect(dear.code).to.equal(1);
    expect(dear.errors).to.include('quote/over-limit');
    expect(await succeed(units, home)).to.include({ event: 'bought', paid: '6000000' });
    expect(await succeed(units, home)).to.include({ event: 'bought', paid: '0' });

    const launch = [
      ...['buyer', 'launch', '--template', 'tabular-classifier', '--label', 'diagnosis', '--dry-run'],
      ...['--budget', '6000000', '--rounds', '2', '--coordinator', coordinator.url, '--name', 'other'],
    ];
    const dry = await succeed(launch, home);
    expect(dry).to.deep.include({ event: 'dry-run', total: '6000000', toPay: '0', rounds: 2 });
    expect((dry['coordinator'] as Line)['address']).to.equal(coordinator.address);
    const small = await command([...launch, '--max-cost', '5999999'], home);
    expect(small.errors).to.include('choice/budget-too-small');

    const taken = await command([...launch, '--name', 'agent-1'], home);
    expect(taken.errors).to.include('launch/other-plan');

    const refunded = await succeed(['buyer', 'refund'], home);
    expect(BigInt(String(refunded['returned'])) >= 6_000_000n).to.equal(true);
    expect((refunded['left'] as { units: unknown[] }).units).to.deep.equal([]);
    const late = await command(['buyer', 'cancel', job, '--dry-run'], home);
    expect(late.errors).to.match(/escrow\/(cutoff-already-near|wrong-state)/);
  });
});
