/** A coordinator and a chain in memory that play a whole job: a phase ends when all clients have answered. */
import { TributaryError } from '#crypto/error.ts';
import type { JobFacts } from '#contracts/job-facts.ts';
import type { ChainReads } from '#client/chain.ts';
import type { Model } from '#model/model-store.ts';
import type { PreviousRound, RoundResult } from '#model/round-result.ts';
import type { AttemptView, Proposal } from '#protocol/attempt-view.ts';
import type { CoordinatorApi } from '#protocol/http/coordinator-api.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import { fromAmount, toBytes32, toSeconds } from '#protocol/units.ts';
import { digestOfText, domain } from '#test/support/cohort.ts';
import { coordinator, type LineageJob } from '#test/support/lineage.ts';
import { notAsked } from './cohort.ts';
import { MemoryCoordinator } from './coordinator.ts';
import { factsOf } from './facts.ts';
import { proposalOf } from './proposal.ts';

/** As a proxy that breaks streams: whoever follows asks by long polls. */
// oxlint-disable-next-line require-yield
async function* noEvents(): AsyncGenerator<never, void, undefined> {
  throw new TributaryError('coordinator/bad-answer', 'no streams here');
}

type Outcome = Readonly<{ proposal: Proposal; result: RoundResult }>;

export class SelfDriving {
  readonly rounds: MemoryCoordinator[] = [];
  facts: JobFacts;
  /** The job is closed after so many rounds. */
  closeAfter = 3;
  /** Runs before each call to coordinator or chain. */
  onCall: (call: string) => void = () => undefined;
  readonly #lineage: LineageJob;
  readonly #clients: number;
  readonly #outcomes = new Map<number, Promise<Outcome>>();
  #before: Model;
  #previous: PreviousRound | null = null;
  #waiting: (() => void)[] = [];

  private constructor(lineage: LineageJob, facts: JobFacts, clients: number) {
    this.#lineage = lineage;
    this.facts = facts;
    this.#clients = clients;
    this.#before = lineage.initial;
    this.#announce();
  }

  static async start(lineage: LineageJob, clients: number): Promise<SelfDriving> {
    return new SelfDriving(lineage, await factsOf([], lineage), clients);
  }

  get chain(): ChainReads {
    return {
      jobs: async () => [7],
      facts: async () => {
        this.onCall('facts');
        return this.facts;
      },
      operators: async () => this.facts.seats.map(({ operator }) => [operator]),
      descriptor: async () => digestOfText('descriptor'),
      attempt: notAsked,
      seed: notAsked,
      committed: notAsked,
    };
  }

  get api(): CoordinatorApi {
    const present = () => this.rounds.at(-1)!;
    return {
      ...present().api,
      status: () =>
        Promise.resolve({
          version: 1,
          ...domain,
          coordinator,
          startedAt: toSeconds(0),
          ...{ instance: 'the-one', database: 'embedded' },
          jobs: { active: 0, finished: 0, failed: 0 },
        }),
      enrol: (id, body) => this.#take(id, (api) => api.enrol(id, body)),
      share: (id, body) => this.#take(id, (api) => api.share(id, body)),
      upload: (id, body, vector) => this.#take(id, (api) => api.upload(id, body, vector)),
      confirm: (id, body) => this.#take(id, (api) => api.confirm(id, body)),
      unmask: (id, body) => this.#take(id, (api) => api.unmask(id, body)),
      attest: (id, body) => this.#take(id, (api) => api.attest(id, body)),
      evidence: (id, ...request) => this.#of(id).api.evidence(id, ...request),
      deliveries: (id, member) => this.#of(id).api.deliveries(id, member),
      approve: async () => undefined,
      ...{ jobs: notAsked, openapi: notAsked, docs: notAsked, events: noEvents },
      ...{ nonce: notAsked, signIn: notAsked, refresh: notAsked, signOut: notAsked, account: notAsked },
      ...{ keys: notAsked, createKey: notAsked, revokeKey: notAsked },
      ...{ webhooks: notAsked, createWebhook: notAsked, deleteWebhook: notAsked },
      ...{ rotateSecret: notAsked, deadLetters: notAsked, redeliver: notAsked },
      job: async (job) => {
        this.onCall('job');
        const { round, attempt } = present().id;
        return { job, state: 'active', round, attempt, rounds: this.facts.rounds };
      },
      attempt: async (id, after) => {
        this.onCall('attempt');
        while ((await this.#view(id)).revision === after)
          await new Promise<void>((wake) => this.#waiting.push(wake));
        return this.#view(id);
      },
    };
  }

  #of({ round }: AttemptId): MemoryCoordinator {
    return this.rounds[round - 1]!;
  }

  async #take(id: AttemptId, send: (api: MemoryCoordinator['api']) => Promise<void>): Promise<void> {
    const answer = await send(this.#of(id).api);
    this.#of(id).revision += 1;
    await this.#settleWhenAttested(this.#of(id));
    for (const wake of this.#waiting.splice(0)) wake();
    return answer;
  }

  async #view(id: AttemptId): Promise<AttemptView> {
    const at = this.#of(id);
    const all = (list: readonly unknown[]) => list.length >= this.#clients;
    if (!all(at.enrolments)) return at.view('enrolling');
    if (!all(at.shares)) return at.view('sharing');
    if (!all(at.inputs)) return at.view('masking');
    if (!all(at.confirmations)) return at.view('confirming');
    if (!all(at.unmaskings)) return at.view('unmasking');
    const { proposal } = await this.#outcome(at);
    const transaction = digestOfText(`transaction ${at.id.round}`);
    return all(at.attestations) ? at.view('settled', { proposal, transaction }) : at.settling(proposal);
  }

  #outcome(at: MemoryCoordinator): Promise<Outcome> {
    const found = this.#outcomes.get(at.id.round);
    const outcome =
      found ?? proposalOf({ lineage: this.#lineage, coordinator: at }, this.#before, this.#previous);
    this.#outcomes.set(at.id.round, outcome);
    return outcome;
  }

  async #settleWhenAttested(at: MemoryCoordinator): Promise<void> {
    const { round, attempt } = at.id;
    if (at.attestations.length < this.#clients || this.facts.settlements.length >= round) return;
    const { proposal, result } = await this.#outcome(at);
    if (this.facts.settlements.length >= round) return;
    const transaction = digestOfText(`transaction ${round}`);
    const settlement = {
      round,
      attempt,
      manifest: proposal.manifest,
      payoutRoot: proposal.payoutRoot,
      total: fromAmount(proposal.total),
      participants: proposal.participants,
      readyAt: 0,
      head: digestOfText(`head ${round}`),
      previousHead: this.facts.settlements.at(-1)?.head ?? toBytes32(`0x${'00'.repeat(32)}`),
      transaction,
      quorum: true,
    };
    const state = round === this.closeAfter ? 'closed' : 'active';
    this.facts = { ...this.facts, state, settlements: [...this.facts.settlements, settlement] };
    this.#before = result.after;
    this.#previous = {
      manifest: result.manifest,
      transaction,
      leaves: result.payouts.leaves,
      optimiser: null,
    };
    if (round < this.facts.rounds) this.#announce();
  }

  #announce(): void {
    const { job, store } = this.#lineage;
    const id = { job: 7, round: this.rounds.length + 1, attempt: 1 };
    this.rounds.push(new MemoryCoordinator({ ...id, model: this.#before.digest, ...job.digests }, store));
  }
}
