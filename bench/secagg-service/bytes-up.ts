/** What one client sends up in one whole attempt, counted at its socket. protocol.md §4 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomCoordinates } from '#client/steps/attest.ts';
import { systemRng } from '#crypto/random.ts';
import { carBlockStore } from '#datasets/car.ts';
import { checkProposal } from '#model/check-proposal.ts';
import { evidenceLimit, fetchEvidence } from '#model/fetch-evidence.ts';
import { fromHex } from '#crypto/bytes.ts';
import { cidFromDigest } from '#protocol/dag.ts';
import type { Proposal } from '#protocol/attempt-view.ts';
import { type CoordinatorApi, coordinatorApi } from '#protocol/http/coordinator-api.ts';
import { settlementTermsOf } from '#protocol/rules/settlement-terms.ts';
import { signTyped } from '#protocol/signature.ts';
import { toSeconds } from '#protocol/units.ts';
import { buyerKey, rulesOf, receiptOf, sharings, unmaskingOf } from '#test/coordinator/fixtures.ts';
import { untilPhase } from '#test/coordinator/launch.ts';
import { type Cohort, cohort, operatorKey, signed } from '#test/support/cohort.ts';
import type { Row } from '../row.ts';
import { runCoordinator } from './coordinator-without-chain.ts';
import { countingProxy } from './counting-proxy.ts';
import { day, type LargeJob, largeJob } from './large-job.ts';

const bar = 3_000_000;
/** Whose bytes are counted. */
const counted = 2;

/** @param of other than by default: for a try, without the bar; `small`: a model of 13 weights instead of 1,000,000 */
export async function bytesUp(of = { clients: 100, small: false }): Promise<Row> {
  const { clients, small } = of;
  const now = Math.floor(Date.now() / 1000);
  const large = await largeJob(clients, now + 10 * day, small);
  const { job } = large.lineage;
  const members = cohort({
    ...{ n: clients, id: { job: job.id.job, round: 1, attempt: 1 }, deadline: now + day },
    expected: { ...job.digests, model: large.before.digest },
    parameters: job.parameters,
    updates: (member, dimension) => new Float64Array(dimension).fill((member - 2) / 100_000),
    weight: () => 1,
  });
  const { phases } = job.manifest;
  const rules = rulesOf(members, { phases, announcedAt: toSeconds(now), cutoff: toSeconds(now + 10 * day) });
  const folder = await mkdtemp(join(tmpdir(), 'secagg-'));
  try {
    const coordinator = await runCoordinator(folder, rules, large.lineage, large.store);
    const proxy = await countingProxy(coordinator.url);
    try {
      const steps = new Map<string, number>();
      const own = new Member(members, counted, coordinatorApi(proxy.url));
      const counting = async <T>(step: string, work: Promise<T>): Promise<T> => {
        const before = proxy.bytesUp();
        const result = await work;
        steps.set(step, (steps.get(step) ?? 0) + proxy.bytesUp() - before);
        return result;
      };
      await play(large, members, own, coordinatorApi(coordinator.url), counting, folder);
      const ours = proxy.bytesUp();
      console.error(`bytes-up: ${[...steps].map(([step, bytes]) => `${step} ${bytes}`).join(', ')}`);
      const row = { row: 'bytes-up', ours, unit: 'bytes' };
      return small ? row : { ...row, limit: bar, ratio: ours / bar, bar: 1 };
    } finally {
      await proxy.stop();
      await coordinator.stop();
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

type Counting = <T>(step: string, work: Promise<T>) => Promise<T>;

/** One member's messages, by its own way to the coordinator. */
class Member {
  readonly api: CoordinatorApi;
  readonly #of: Cohort;
  readonly #index: number;

  constructor(of: Cohort, index: number, api: CoordinatorApi) {
    this.#of = of;
    this.#index = index;
    this.api = api;
  }

  enrol() {
    return this.api.enrol(this.#of.id, entry(this.#of.enrolments, this.#index));
  }

  share() {
    const event = entry(sharings(this.#of), this.#index);
    if (event.type !== 'shares') throw new Error('shares were expected');
    return this.api.share(this.#of.id, event.upload);
  }

  receive() {
    return this.api.receive(this.#of.id, receiptOf(this.#of, this.#index, []));
  }

  upload() {
    const vector = this.#of.vectors.get(this.#index) ?? new Uint8Array();
    return this.api.upload(this.#of.id, entry(this.#of.inputs, this.#index), vector);
  }

  confirm() {
    return this.api.confirm(this.#of.id, entry(this.#of.confirmations, this.#index));
  }

  unmask() {
    return this.api.unmask(this.#of.id, unmaskingOf(this.#of, this.#index));
  }

  attest(proposal: Proposal) {
    const terms = settlementTermsOf(this.#of.id, proposal);
    const envelope = signed(this.#index, 'Attestation', terms, this.#of.domain);
    return this.api.attest(this.#of.id, { ...envelope, seat: this.#index });
  }
}

/** The counted client does all that a client does, asking for views as one does; the others bring the phases to their ends. */
async function play(
  large: LargeJob,
  members: Cohort,
  own: Member,
  direct: CoordinatorApi,
  counting: Counting,
  folder: string,
): Promise<void> {
  const { id, roster } = members;
  const others = roster.members
    .filter(({ index }) => index !== counted)
    .map(({ index }) => new Member(members, index, direct));
  const everyOther = async (act: (one: Member) => Promise<unknown>): Promise<void> => {
    for (const one of others) await act(one);
  };
  /** As `followAttempt`: a view at first, then whatever is later than it. */
  let seen: number | undefined;
  const next = async () => {
    const view = await counting('views', own.api.attempt(id, seen, 20, counted));
    seen = view.revision;
    return view;
  };
  const following = async (work: Promise<unknown>, phase: string): Promise<void> => {
    for (let view = await next(); view.phase !== phase; view = await next());
    await work;
  };

  await counting('views', own.api.job(id.job));
  await next();
  await counting('enrolment', own.enrol());
  await following(
    everyOther((one) => one.enrol()),
    'sharing',
  );
  await counting('shares', own.share());
  await following(
    everyOther((one) => one.share()),
    'receiving',
  );
  await counting('views', own.api.deliveries(id, counted));
  await counting('receipt', own.receive());
  await following(
    everyOther((one) => one.receive()),
    'masking',
  );
  await counting('input', own.upload());
  await following(
    everyOther((one) => one.upload()),
    'confirming',
  );
  await counting('confirmation', own.confirm());
  await following(
    everyOther((one) => one.confirm()),
    'unmasking',
  );
  await counting('unmasking', own.unmask());
  for (const one of others.slice(0, roster.threshold - 1)) await one.unmask();
  for (let view = await next(); view.phase !== 'settling'; view = await next());
  const { proposal } = await untilPhase(direct, id, 'settling');
  await counting('evidence', check(large, members, own.api, proposal, join(folder, 'evidence.car')));
  await counting('attestation', own.attest(proposal));
  await everyOther((one) => one.attest(proposal));
  const message = settlementTermsOf(id, proposal);
  const signature = signTyped(buyerKey, members.domain, 'Approval', message);
  await direct.approve(id, { message, signature });
  for (let view = await next(); view.phase !== 'settled'; view = await next());
}

/** What a client recomputes before it attests: for that it reads all of the evidence. */
async function check(
  { store, before, lineage }: LargeJob,
  { id, domain }: Cohort,
  api: CoordinatorApi,
  proposal: Proposal,
  file: string,
): Promise<void> {
  const { job, facts } = lineage;
  const now = () => Math.floor(Date.now() / 1000);
  const root = cidFromDigest('dag-cbor', fromHex(proposal.evidence));
  await fetchEvidence(file, root, evidenceLimit(job), { api, domain, id, key: operatorKey(counted), now });
  const evidenceStore = await carBlockStore(file);
  try {
    const verdict = await checkProposal({
      ...{ job, id, proposal, before, previous: null, store },
      ...{ seats: facts.seats, bonusPool: facts.bonusPool },
      evidenceStore,
      readCommitted: () => Promise.reject(new Error('the attempt is not sparse')),
      coordinates: randomCoordinates(job.parameters.dimension, systemRng()),
    });
    if (!verdict.holds) throw new Error(`the proposal does not hold: ${verdict.flaw.detail}`);
  } finally {
    await evidenceStore.close();
  }
}

function entry<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw new Error('no such member');
  return found;
}
