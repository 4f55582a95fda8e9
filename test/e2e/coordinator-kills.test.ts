/** The coordinator, the command itself, dies by SIGKILL in its round, and goes on: another process, the same attempt, the same roster. */
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { expect } from 'chai';
import {
  launchJob,
  setUpCoordinator,
  setUpOwners,
  startCoordinator,
  type Coordinator,
} from '#examples/demo/actors.ts';
import { writeData } from '#examples/demo/data.ts';
import { succeed, type Service } from '#examples/demo/processes.ts';
import { samples } from '#examples/demo/samples.ts';
import { startStack, type Stack } from '#examples/demo/stack.ts';
import { connect } from '#contracts/connect.ts';
import { deploymentSchema } from '#contracts/deployment.ts';
import { readEvents } from '#contracts/events.ts';
import { openChain } from '#contracts/provider.ts';
import { carBlockStore } from '#datasets/car.ts';
import { readBlock } from '#datasets/read-block.ts';
import { roundSchema, type RoundManifest } from '#protocol/manifests.ts';

/** Once before the members' inputs are agreed on and once after. In every phase, on either database: test/faults/coordinator.test.ts. */
const kills = [
  { round: 1, phase: 'confirming' },
  { round: 1, phase: 'settling' },
] as const;
const ROUNDS = 1;
const PATIENCE = 240;

type Saved = Readonly<{ attempt: number; phase: string; roster: string | null }>;

describe('a coordinator killed in two phases', () => {
  const root = mkdtempSync(join(tmpdir(), 'tributary-kills-'));
  const saved: Saved[] = [];
  const processes = new Set<number>();
  let stack: Stack;
  let started: Stack | undefined;
  let manifests: RoundManifest[];
  let audit: Readonly<Record<string, unknown>>;
  let challenges: number;

  before(async function () {
    this.timeout(600_000);
    stack = started = await startStack(root, () => undefined);
    const data = writeData(stack.folder('data'), samples.wdbc, 1, 3);
    const [owners, coordinator] = await Promise.all([
      setUpOwners(stack, data, samples.wdbc.owner),
      setUpCoordinator(stack, holdAt(0)),
    ]);
    const clients = owners.map((owner) => owner.start());
    await Promise.all(clients.map((client) => client.ready()));
    const seed = `0x${'5e'.repeat(32)}`;
    const datasets = owners.map(({ dataset }) => dataset);
    const buyer = await launchJob(stack, data, datasets, coordinator, { rounds: ROUNDS, seed });
    const watch = buyer.watch();
    await killInEveryPhase(coordinator);
    await watch.until('the end of the job', (line) => line['event'] === 'finished', PATIENCE);
    await succeed(['lineage', 'export', buyer.job, '--out', stack.folder('job.car')], stack.home('buyer'));
    manifests = await lineage(stack.folder('job.car'));
    audit = await succeed(
      ['audit', buyer.job, '--evidence', stack.folder('buyer', 'evidence')],
      stack.home('auditor'),
    );
    challenges = await challengesOn(stack);
  });

  after(async function () {
    this.timeout(60_000);
    await started?.stop();
    rmSync(root, { recursive: true, force: true });
  });

  async function challengesOn({ rpc, folder }: Stack): Promise<number> {
    const deployment = deploymentSchema.parse(JSON.parse(readFileSync(folder('deployment.json'), 'utf8')));
    const provider = await openChain(rpc);
    try {
      const contracts = connect(deployment, provider);
      return (await readEvents(contracts, contracts.disputes, 'Challenged', {})).length;
    } finally {
      provider.destroy();
    }
  }

  const holdAt = (index: number) => (kills[index] ? `${kills[index].phase}@${kills[index].round}` : '');

  async function killInEveryPhase(coordinator: Coordinator): Promise<void> {
    let service: Service = coordinator.service;
    for (const [index, { round, phase }] of kills.entries()) {
      await service.until(`${phase} of round ${round}`, (line) => line['event'] === 'held', PATIENCE);
      processes.add(service.pid);
      await service.kill();
      saved.push(await stateOnDisk(round));
      service = startCoordinator(stack, new URL(coordinator.url).port, holdAt(index + 1));
      await service.ready();
    }
    processes.add(service.pid);
  }

  /** What the killed process had on disk, read from a copy so that the next one finds it as it was left. */
  async function stateOnDisk(round: number): Promise<Saved> {
    const copy = stack.folder(`copy-${saved.length}`);
    cpSync(stack.folder('coordinator', 'coordinator', 'database'), copy, { recursive: true });
    const database = await PGlite.create(copy);
    const { rows } = await database.query<Saved>(
      `select attempt, phase, state->>'roster' as roster from attempts where round = $1 order by attempt desc limit 1`,
      [round],
    );
    await database.close();
    rmSync(copy, { recursive: true, force: true });
    return rows[0] ?? { attempt: 0, phase: 'nothing', roster: null };
  }

  async function lineage(file: string): Promise<RoundManifest[]> {
    const car = await carBlockStore(file);
    const found: RoundManifest[] = [];
    for (let at: RoundManifest['previous'] = car.root; at !== null;) {
      const manifest: RoundManifest = await readBlock(car, at, roundSchema, 'a manifest');
      found.unshift(manifest);
      at = manifest.previous;
    }
    await car.close();
    return found;
  }

  for (const [index, { round, phase }] of kills.entries()) {
    it(`settles the same attempt with the same roster after ${phase}`, () => {
      expect(saved[index]?.phase).to.equal(phase);
      expect(manifests[round - 1]?.attempt).to.equal(saved[index]?.attempt);
      const frozen = !['announced', 'enrolling'].includes(phase);
      expect(saved[index]?.roster === null).to.equal(!frozen);
      if (frozen) expect(manifests[round - 1]?.rosterRoot).to.equal(saved[index]?.roster);
      expect(manifests[round - 1]?.survivors).to.have.length(3);
    });
  }

  it('is another process each time', () => expect(processes.size).to.equal(kills.length + 1));

  it('has no round challenged by owners and buyer, who check each', () => expect(challenges).to.equal(0));

  it('leaves a lineage that passes the audit', () => {
    expect(manifests).to.have.length(ROUNDS);
    expect(audit['passed']).to.equal(true);
  });
});
