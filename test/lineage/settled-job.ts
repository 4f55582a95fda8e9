/** Jobs with two rounds that a real chain has settled, their blocks in memory: for the commands of `lineage`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { connectIpfs } from '#datasets/ipfs.ts';
import type { ScratchStore } from '#datasets/scratch-store.ts';
import { codecOf } from '#protocol/dag.ts';
import { formatJobId } from '#protocol/job-id.ts';
import { launch } from '#buyer/launch.ts';
import { fakeCoordinator } from '#test/buyer/fake-coordinator.ts';
import { planOf, startStage } from '#test/buyer/stage.ts';
import { evaluatingRows, launched } from '#test/buyer/watching.ts';
import { digestOfText } from '#test/support/cohort.ts';

export type SettledJobs = Readonly<{
  /** As a command names it; in its second round member 2 dropped out. */
  job: string;
  /** CARs of its rounds' evidence, as the buyer keeps them. */
  evidence: string;
  /** Every block of the lineages and none of the evidence. */
  store: ScratchStore;
  rpc: string;
  /** With the deployment's record. */
  home: string;
  /** Launches another, whose second round the chain settled with other payouts than its manifest links. */
  launchBroken(): Promise<string>;
  /** Launches another, without a round. */
  launchEmpty(): Promise<string>;
  stop(): Promise<void>;
}>;

/** Its files go into a folder of the caller's. */
export async function settledJobs(folder: string): Promise<SettledJobs> {
  const stage = await startStage();
  const { chain, deployment } = stage.world;
  const stageOf = (name: string) => {
    const home = join(folder, name);
    mkdirSync(home);
    return { ...stage, setting: { ...stage.setting, home } };
  };
  const nameOf = (job: number) =>
    formatJobId({ chainId: deployment.chainId, escrow: deployment.escrow, job });
  const run = await launched(stageOf('buyer'), await evaluatingRows());
  await run.watch(run.coordinator());
  /** Other terms, for the same ones are the same job. */
  const launchOther = async (name: string) => {
    const other = stageOf(name);
    const plan = planOf(other, { seed: digestOfText(name) });
    const { job } = await launch(other.setting, plan, { name: 'job', purchase: 'approve' });
    return { other, job };
  };
  const home = join(folder, 'home');
  mkdirSync(home);
  writeFileSync(join(home, 'deployment.json'), JSON.stringify(deployment));
  return {
    job: nameOf(run.job),
    evidence: dirname(run.carOf(1)),
    store: stage.store,
    rpc: chain.url,
    home,
    async launchBroken() {
      const { other, job } = await launchOther('broken');
      await fakeCoordinator(other, job).settle();
      await fakeCoordinator(other, job, { payoutRoot: digestOfText('other payouts') }).settle();
      return nameOf(job);
    },
    launchEmpty: async () => nameOf((await launchOther('empty job')).job),
    stop: () => stage.stop(),
  };
}

/** Stores all blocks at a node. */
export async function fill(url: string, store: ScratchStore): Promise<void> {
  const node = connectIpfs(url);
  for (const { cid, bytes } of store.blocks.values()) await node.put(codecOf(cid), bytes);
}
