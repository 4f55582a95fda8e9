/** A coordinator without a network: it makes honest rounds, or lies about them, and settles on the real chain. */
import { basisOf, readJobState } from '#buyer/job-state.ts';
import { domainOf } from '#buyer/setting.ts';
import { TributaryError } from '#crypto/error.ts';
import { exportCar } from '#datasets/car.ts';
import { scratchStore, type ScratchStore } from '#datasets/scratch-store.ts';
import { loadAggregate } from '#model/aggregate.ts';
import { digestHex } from '#model/model-store.ts';
import { roundResult } from '#model/round-result.ts';
import type { AttemptView, Proposal } from '#protocol/attempt-view.ts';
import type { CoordinatorApi } from '#protocol/http/coordinator-api.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import type { ApprovalUpload, EvidenceRequest } from '#protocol/messages.ts';
import { fromAmount, toSeconds, type Bytes32 } from '#protocol/units.ts';
import { makeRound, type MadeRound } from '#test/auditor/round.ts';
import { noQuorum } from '#test/contracts/job.ts';
import { prices, type Stage } from './stage.ts';

/** What it does other than what the protocol says. */
export type Lies = Readonly<{
  /** Adds one to the sum's first coordinate, and proposes what follows from that. */
  sum?: boolean;
  payoutRoot?: Bytes32;
  /** Evidence blocks come with other bytes. */
  evidence?: boolean;
  /** The approval is answered with this code. */
  approve?: string;
}>;

export type Fake = Readonly<{
  api: CoordinatorApi;
  evidence: ScratchStore;
  approvals: ApprovalUpload[];
  requests: { message: EvidenceRequest; signature: string }[];
  rounds: MadeRound[];
  /** Codes to throw before the next calls of `job`, one each. */
  away: string[];
  /** Settles the present round without waiting for an approval. */
  settle(): Promise<void>;
}>;

type Current = {
  id: AttemptId;
  revision: number;
  made: MadeRound;
  proposal: Proposal;
  transaction: Bytes32 | null;
};

/** @param lost by round, members that never upload */
export function fakeCoordinator(
  stage: Stage,
  job: number,
  lies: Lies = {},
  lost: readonly number[][] = [],
): Fake {
  const { world, store, setting } = stage;
  const evidence = scratchStore();
  const fake = {
    approvals: [] as ApprovalUpload[],
    requests: [] as Fake['requests'],
    rounds: [] as MadeRound[],
    away: [] as string[],
  };
  let current: Current | undefined;

  async function next(): Promise<Current> {
    const state = await readJobState(setting.contracts, store, domainOf(setting), job);
    const basis = await basisOf(store, state);
    const id = { job, round: state.history.length + 1, attempt: 1 };
    if (current?.id.round === id.round) return current;
    const plan = {
      job: state.job,
      seats: state.facts.seats,
      bonusPool: state.facts.bonusPool,
      id,
      n: prices.length,
      lost: lost[id.round - 1] ?? [],
      before: basis.before,
      previous: basis.previous,
    };
    const made = await makeRound(store, evidence, plan);
    fake.rounds.push(made);
    let { result } = made;
    if (lies.sum) {
      const { sum } = await loadAggregate(store, result.aggregate, state.job.parameters.dimension);
      sum[0] = (sum[0] ?? 0) + 1;
      const { cohort } = made;
      result = await roundResult(store, {
        ...plan,
        roster: cohort.roster,
        sharers: [...cohort.sharers],
        inputs: cohort.inputs,
        evidence: digestHex(made.evidence),
        sum,
      });
    }
    current = {
      id,
      revision: 1,
      made,
      transaction: null,
      proposal: {
        manifest: result.digest,
        payoutRoot: lies.payoutRoot ?? result.payouts.root,
        total: result.payouts.total,
        participants: result.participants,
        deadline: toSeconds(2_000_000_000),
        evidence: digestHex(made.evidence),
      },
    };
    return current;
  }

  async function settle(): Promise<void> {
    const { id, proposal } = await next();
    const { round, attempt } = id;
    const { manifest, payoutRoot, total, participants } = proposal;
    const settlement = { round, attempt, manifest, payoutRoot, total: fromAmount(total), participants };
    const mined = await world.coordinator.contracts.escrow.send.settle(BigInt(job), settlement, noQuorum);
    if (current) current = { ...current, revision: current.revision + 1, transaction: mined.transaction };
  }

  const view = ({ id, revision, made, proposal, transaction }: Current): AttemptView => {
    const { cohort } = made;
    const common = {
      ...id,
      revision,
      deadline: toSeconds(2_000_000_000),
      terms: cohort.expected.terms,
      model: cohort.expected.model,
      earlier: [],
      roster: [...cohort.roster.enrolments],
      sharers: cohort.shares,
      inputs: cohort.inputs,
      confirmations: cohort.confirmations,
      proposal,
    };
    return transaction === null
      ? { phase: 'settling', ...common }
      : { phase: 'settled', ...common, transaction };
  };

  const api: Partial<CoordinatorApi> = {
    async job() {
      const code = fake.away.shift();
      if (code) throw new TributaryError(code, 'the coordinator is away');
      const { round, attempt } = (await next()).id;
      return { job, state: 'active', round, attempt, rounds: 2 };
    },
    async attempt(_, after) {
      if (!current) throw new TributaryError('attempt/unknown', 'there is no such attempt');
      // An honest one would go to its deadline; this one settles as soon as nothing more comes.
      if (after === current.revision && current.transaction === null) await settle();
      return view(current);
    },
    async *evidence({ round }, request) {
      if ('token' in request) throw new Error('a buyer signs its request');
      fake.requests.push(request);
      const root = fake.rounds[round - 1]?.evidence;
      if (!root) throw new TributaryError('evidence/unknown-block', 'nothing is proposed');
      for await (const part of exportCar(evidence, root)) {
        // Headers and CIDs are shorter.
        const isBlock = part.length > 100;
        yield lies.evidence && isBlock ? part.map((byte) => byte ^ 1) : part;
      }
    },
    async approve(_, approval) {
      if (lies.approve) throw new TributaryError(lies.approve, 'no');
      fake.approvals.push(approval);
      await settle();
    },
  };
  return { ...fake, evidence, settle, api: api as CoordinatorApi };
}
