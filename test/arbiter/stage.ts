/** A job on a real chain with its blocks in a real IPFS process and its evidence behind HTTP, and homes for those who dispute. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Wallet, encryptKeystoreJson } from 'ethers';
import { launch } from '#buyer/launch.ts';
import { createProgram } from '#cli/program/program.ts';
import { readDisputes, type DisputeFacts } from '#contracts/dispute-list.ts';
import { readJobFacts, type SettlementOnChain } from '#contracts/job-facts.ts';
import { settlementRecord } from '#contracts/settlement-record.ts';
import { TributaryError } from '#crypto/error.ts';
import { formatJobId } from '#protocol/job-id.ts';
import type { Bytes32 } from '#protocol/units.ts';
import { fakeCoordinator, type Fake, type Lies } from '#test/buyer/fake-coordinator.ts';
import { planOf, startStage, type Stage } from '#test/buyer/stage.ts';
import { inProcess, tributary, watch, type Finished, type Said, type Watched } from '#test/cli/program.ts';
import { at, type Actor } from '#test/contracts/world.ts';
import { fill } from '#test/lineage/settled-job.ts';
import { digestOfText } from '#test/support/cohort.ts';
import { startIpfsProcess, type NodeProcess } from '#test/support/ipfs.ts';
import { startEvidenceServer, type EvidenceServer } from './evidence-server.ts';

/** Who has a home, and the keystore in it. */
const keystores = {
  buyer: 'buyer.json',
  coordinator: 'coordinator.json',
  arbiter: 'arbiter.json',
  stranger: 'owner.json',
} as const;
export type Who = keyof typeof keystores;

export type Court = Readonly<{
  stage: Stage;
  server: EvidenceServer;
  ipfs(): NodeProcess;
  stopIpfs(): Promise<void>;
  /** On the port that it had, with the blocks that it had. */
  startIpfs(): Promise<void>;
  home(who: Who): string;
  /** Runs a command as someone, with --json, as a process of its own. */
  spawn(who: Who, ...args: string[]): Promise<Finished>;
  /** The same in this process, for speed. @returns what it printed last, and the code that it ended with, if any */
  as(who: Who, ...args: string[]): Promise<Said & Readonly<{ code?: string }>>;
  /** The arbiter's process. */
  arbiter(...args: string[]): Watched;
  /** Another chain state and other jobs for the next test. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}>;

export type Case = Readonly<{
  job: number;
  /** As a command names it. */
  name: string;
  fake: Fake;
  /** Posts the next round; its blocks are then at the node and its evidence served. */
  post(): Promise<SettlementOnChain>;
  settlements(): Promise<readonly SettlementOnChain[]>;
  /** Opens a dispute of a round without recomputing anything, for the stranger. */
  challenge(round?: number): Promise<Bytes32>;
  defend(head: Bytes32): Promise<void>;
  dispute(round?: number): Promise<DisputeFacts>;
}>;

const password = 'correct horse';

/** Quick to open: what it holds is everybody's. */
const keystoreOf = (privateKey: string): Promise<string> =>
  encryptKeystoreJson({ address: new Wallet(privateKey).address, privateKey }, password, {
    scrypt: { N: 1_024, r: 8, p: 1 },
  });

export async function startCourt(): Promise<Court> {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-court-'));
  let stage = await startStage();
  const { world } = stage;
  const server = await startEvidenceServer();
  const blocks = join(folder, 'blocks');
  let ipfs = await startIpfsProcess(blocks);
  const port = new URL(ipfs.url).port;
  writeFileSync(join(folder, 'password'), password);
  const home = (who: Who) => join(folder, who);
  for (const who of Object.keys(keystores) as Who[]) {
    mkdirSync(home(who));
    writeFileSync(join(home(who), 'deployment.json'), JSON.stringify(world.deployment));
    writeFileSync(join(home(who), keystores[who]), await keystoreOf(world[who].key.privateKey));
  }
  const env = (who: Who) => ({
    TRIBUTARY_HOME: home(who),
    TRIBUTARY_RPC: world.chain.url,
    TRIBUTARY_IPFS: ipfs.url,
    TRIBUTARY_PASSWORD_FILE: join(folder, 'password'),
  });
  return {
    get stage() {
      return stage;
    },
    server,
    ipfs: () => ipfs,
    stopIpfs: () => ipfs.kill(),
    async startIpfs() {
      ipfs = await startIpfsProcess(blocks, '--port', port);
    },
    home,
    spawn: (who, ...args) => tributary(['--json', ...args], { env: env(who) }),
    async as(who, ...args) {
      const { TRIBUTARY_HOME, TRIBUTARY_RPC, TRIBUTARY_IPFS, TRIBUTARY_PASSWORD_FILE } = env(who);
      const places = ['--home', TRIBUTARY_HOME, '--rpc', TRIBUTARY_RPC, '--ipfs', TRIBUTARY_IPFS];
      const all = ['--json', ...places, '--password-file', TRIBUTARY_PASSWORD_FILE, ...args];
      let code: string | undefined;
      const { last } = await inProcess(async () => {
        await createProgram(true)
          .parseAsync(all, { from: 'user' })
          .catch((error: unknown) => {
            if (!(error instanceof TributaryError)) throw error;
            ({ code } = error);
          });
      });
      return { ...last, ...(code !== undefined && { code }) };
    },
    arbiter: (...args) => watch(['arbiter', 'run', ...args], env('arbiter')),
    async reset() {
      stage = await stage.reset();
      server.give(null);
      server.given.length = 0;
    },
    async stop() {
      await ipfs.kill();
      await server.stop();
      await stage.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A job whose coordinator tells these lies. */
export async function openCase(court: Court, lies: Lies = {}): Promise<Case> {
  const { stage, server } = court;
  const { world, store, setting } = stage;
  const { deployment } = world;
  const coordinator = { address: world.coordinator.address, url: server.url };
  const plan = planOf(stage, { coordinator, seed: digestOfText(setting.home) });
  const { job } = await launch(setting, plan, { name: 'job', purchase: 'approve' });
  const fake = fakeCoordinator(stage, job, lies);
  const domain = { chainId: deployment.chainId, escrow: deployment.escrow };
  const settlements = async () => (await readJobFacts(world.buyer.contracts, job)).settlements;
  const dispute = async (round = 1) => {
    const found = await readDisputes(world.buyer.contracts, job);
    const last = found.findLast((one) => one.round === round);
    if (!last) throw new Error(`round ${round} was not disputed`);
    return last;
  };
  return {
    job,
    name: formatJobId({ ...domain, job }),
    fake,
    async post() {
      await fake.settle();
      await fill(court.ipfs().url, store);
      server.give({
        domain,
        readers: [world.arbiter.address, world.buyer.address],
        evidence: fake.evidence,
        rounds: fake.rounds,
      });
      return at(await settlements(), (await settlements()).length - 1);
    },
    settlements,
    async challenge(round = 1) {
      const { contracts } = world.stranger;
      const record = settlementRecord(at(await settlements(), round - 1));
      await contracts.paymentToken.send.approve(
        deployment.disputes,
        await contracts.disputes.read.bondOf(BigInt(job)),
      );
      await contracts.disputes.send.challenge(BigInt(job), record, digestOfText('the stranger says so'));
      return (await dispute(round)).head;
    },
    async defend(head) {
      const { contracts } = world.coordinator;
      await fund(world.coordinator);
      await contracts.paymentToken.send.approve(deployment.disputes, 10n ** 9n);
      await contracts.disputes.send.defend(head, digestOfText('the coordinator says no'));
    },
    dispute,
  };
}

export const fund = async ({ contracts, address }: Actor): Promise<void> => {
  await contracts.paymentToken.send.mint(address, 10n ** 9n);
};

export const balanceOf = ({ contracts, address }: Actor): Promise<bigint> =>
  contracts.paymentToken.read.balanceOf(address);

/** Ends a process that was watched, and waits for it. */
export async function ended(watched: Watched, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  watched.child.kill(signal);
  await watched.ended;
}
