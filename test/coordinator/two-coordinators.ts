/** Two coordinators in processes of their own on one PostgreSQL server, and a job whose members talk to either. */
import pg from 'pg';
import type { JobFacts } from '#contracts/job-facts.ts';
import { settlementsOf } from '#contracts/events.ts';
import { TributaryError } from '#crypto/error.ts';
import { connectIpfs } from '#datasets/ipfs.ts';
import type { AttemptView } from '#protocol/attempt-view.ts';
import { coordinatorApi, type CoordinatorApi } from '#protocol/http/coordinator-api.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import { settlementTermsOf } from '#protocol/rules/settlement-terms.ts';
import { signTyped } from '#protocol/signature.ts';
import { startWorld, type World } from '#test/contracts/world.ts';
import { cohort, signed } from '#test/support/cohort.ts';
import { startIpfsProcess, type NodeProcess } from '#test/support/ipfs.ts';
import type { Postgres } from '#test/support/postgres.ts';
import { spawnCoordinator, type CoordinatorProcess } from './coordinator-process.ts';
import { receipts, sharings, unmaskingOf } from './fixtures.ts';
import { eventually, launchJob, untilPhase } from './launch.ts';
import { newFolder, removeFolder } from './store/folder.ts';

const weights = [4, 2, 4, 1];
export const MEMBERS = weights.length;
/** Ten minutes apart, as long as a phase of the job. */
const skews = [-300, 300];

export type Running = CoordinatorProcess & Readonly<{ api: CoordinatorApi; instance: string }>;

/** A message, and the phase in which it is due. */
export type Step = Readonly<{ phase: AttemptView['phase']; send(api: CoordinatorApi): Promise<unknown> }>;

export class Pair {
  readonly #world: World;
  readonly #node: NodeProcess;
  readonly #folders: readonly string[];
  readonly #url: string;
  readonly coordinators: [Running, Running];

  private constructor(
    of: Readonly<{ world: World; node: NodeProcess; folders: readonly string[]; url: string }>,
    coordinators: [Running, Running],
  ) {
    this.#world = of.world;
    this.#node = of.node;
    this.#folders = of.folders;
    this.#url = of.url;
    this.coordinators = coordinators;
  }

  static async start(server: Postgres): Promise<Pair> {
    const [ipfsFolder, blobs] = [await newFolder(), await newFolder()];
    const [world, node, url] = await Promise.all([
      startWorld(),
      startIpfsProcess(ipfsFolder),
      server.create(),
    ]);
    const of = { world, node, url, folders: [ipfsFolder, blobs] };
    return new Pair(of, [await running(of, 0), await running(of, 1)]);
  }

  /** Another process in the place of one that was killed. */
  async restart(index: 0 | 1): Promise<void> {
    const of = { world: this.#world, node: this.#node, url: this.#url, folders: this.#folders };
    this.coordinators[index] = await running(of, index);
  }

  /** Which of the two performs a job, by the server's own list of locks. */
  async holder(): Promise<0 | 1> {
    const client = new pg.Client({ connectionString: this.#url });
    await client.connect();
    try {
      const { rows } = await client.query<{ name: string }>(
        `select distinct application_name as name from pg_locks join pg_stat_activity using (pid)
         where locktype = 'advisory' and datname = current_database()`,
      );
      const found = this.coordinators.findIndex(({ instance }) =>
        rows.some(({ name }) => name.endsWith(instance)),
      );
      if (found < 0) throw new Error('nobody has the job');
      return found as 0 | 1;
    } finally {
      await client.end();
    }
  }

  /** A job, and the messages of its first attempt in their order; a round of the same four members each time. */
  async launch(): Promise<Readonly<{ id: AttemptId; facts: JobFacts; steps: readonly Step[] }>> {
    const [{ api, url }] = this.coordinators;
    const ipfs = connectIpfs(this.#node.url);
    const { job, facts, before } = await launchJob({ world: this.#world, ipfs, url, weights });
    const id = { job: facts.job, round: 1, attempt: 1 };
    const { deadline } = await eventually(() => api.attempt(id));
    const members = cohort({
      ...{ n: MEMBERS, id, parameters: job.parameters, deadline },
      on: { chainId: job.id.chainId, escrow: job.id.escrow },
      expected: { ...job.digests, model: before.digest },
      weight: (member) => weights[member] ?? 1,
    });
    const seats = [...weights.keys()];
    const buyer = this.#world.buyer.key;
    const proposed = async (at: CoordinatorApi) => (await untilPhase(at, id, 'settling')).proposal;
    const steps: Step[] = [
      ...members.enrolments.map((envelope): Step => ({
        phase: 'enrolling',
        send: (at) => at.enrol(id, envelope),
      })),
      ...sharings(members).flatMap((event): Step[] =>
        event.type === 'shares' ? [{ phase: 'sharing', send: (at) => at.share(id, event.upload) }] : [],
      ),
      ...receipts(members).flatMap((event): Step[] =>
        event.type === 'received'
          ? [{ phase: 'receiving', send: (at) => at.receive(id, event.envelope) }]
          : [],
      ),
      ...seats.map((member): Step => ({
        phase: 'masking',
        send: (at) => at.upload(id, members.inputs[member]!, members.vectors.get(member)!),
      })),
      ...members.confirmations.map((envelope): Step => ({
        phase: 'confirming',
        send: (at) => at.confirm(id, envelope),
      })),
      ...seats.map((member): Step => ({
        phase: 'unmasking',
        send: (at) => at.unmask(id, unmaskingOf(members, member)),
      })),
      ...seats.map((seat): Step => ({
        phase: 'settling',
        async send(at) {
          const message = settlementTermsOf(id, await proposed(at));
          await at.attest(id, { ...signed(seat, 'Attestation', message, job.id), seat });
        },
      })),
      {
        phase: 'settling',
        async send(at) {
          const message = settlementTermsOf(id, await proposed(at));
          await at.approve(id, { message, signature: signTyped(buyer, job.id, 'Approval', message) });
        },
      },
    ];
    return { id, facts, steps };
  }

  /** Sends a message to a coordinator, and to the other where that one gives no answer, until one acknowledges it. */
  async deliver({ send }: Step, to: 0 | 1): Promise<void> {
    await eventually(async () => {
      for (const index of [to, to === 0 ? 1 : 0] as const) {
        try {
          await send(this.coordinators[index].api);
          return true;
        } catch (error) {
          if (!(error instanceof TributaryError) || !passes.includes(error.code)) throw error;
        }
      }
      return false;
    }, Boolean);
  }

  /** How often the first round of a job was posted. */
  async postings(job: number): Promise<number> {
    return (await settlementsOf(this.#world.stranger.contracts, BigInt(job))).length;
  }

  async stop(): Promise<void> {
    await Promise.all(this.coordinators.map((coordinator) => coordinator.kill()));
    await Promise.all([this.#world.stop(), this.#node.stop()]);
    await Promise.all(this.#folders.map(removeFolder));
  }
}

/** What is no answer to the message. */
const passes: readonly string[] = ['coordinator/unreachable', 'database/unreachable'];

async function running(
  {
    world,
    node,
    url,
    folders,
  }: Readonly<{ world: World; node: NodeProcess; folders: readonly string[]; url: string }>,
  index: 0 | 1,
): Promise<Running> {
  const child = await spawnCoordinator({
    ...{ folder: folders[1] ?? '', blobs: folders[1], databaseUrl: url },
    ...{ host: '127.0.0.1', port: 0, rpcUrl: world.chain.url, ipfsUrl: node.url },
    ...{ deployment: world.deployment, key: world.coordinator.key.privateKey },
    skewSeconds: skews[index] ?? 0,
  });
  const status = (await (await fetch(`${child.url}/v1/status`)).json()) as { instance: string };
  return { ...child, api: coordinatorApi(child.url), instance: status.instance };
}
