/**
 * Launches a job: publish its terms, buy units, open, seat, activate. protocol.md §5.1, §6.2
 * A launch that was stopped anywhere goes on when it is run again, and pays for nothing twice: what was decided is in
 * its record, what was paid is asked of the chain.
 */
import { fromHex } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import { readJobFacts, type JobFacts } from '#contracts/job-facts.ts';
import { conditionsNow, type JobConditions } from '#contracts/opening-conditions.ts';
import { readBlock } from '#datasets/read-block.ts';
import { loadJob } from '#model/job.ts';
import { digestHex } from '#model/model-store.ts';
import { cidFromDigest } from '#protocol/dag.ts';
import { jobSchema, type JobManifest } from '#protocol/manifests.ts';
import { fromAmount, toAmount, type Address, type Bytes32 } from '#protocol/units.ts';
import { buyAccess, type Payment } from './buy.ts';
import { settlePending } from './chain-time.ts';
import { readLaunch, writeLaunch, type LaunchRecord } from './launch-record.ts';
import { addSeats, findJob, openJob, type SeatLine } from './open-job.ts';
import type { Plan } from './plan.ts';
import { publishTerms } from './publish.ts';
import { assertAgreed, quoteJob, tokensOf, type Agreement, type Quote } from './quote.ts';
import { domainOf, type BuyerSetting } from './setting.ts';
import { assertSparseRuns } from './sparse-terms.ts';

/** How missing units are paid for; `held` buys none. */
export type Purchase = 'permit' | 'approve' | 'held';

export type LaunchStep = 'published' | 'bought' | 'opened' | 'seated' | 'activated';

export type LaunchOptions = Readonly<{
  /** Of the launch in this home. */
  name: string;
  purchase: Purchase;
  /** The quote that was agreed to: offers and prices that are kept to, whatever is for sale by now. */
  agreed?: Agreement | undefined;
  /** Who answers the job's disputes, where nothing was agreed to; the deployment's first arbiter by default. */
  arbiter?: Address | undefined;
  /** What the plan was made from: kept in the record. */
  asked?: string | undefined;
  /** How long to wait for transactions that an earlier run left under way. */
  pending?: Readonly<{ timeoutMs: number; pollMs: number }>;
  /** Told after each step, also of those that were done before. */
  onStep?: (step: LaunchStep, record: LaunchRecord) => void;
}>;

export type Launched = Readonly<{ job: number; terms: Bytes32 }>;

/**
 * @param plan null to go on with the recorded one; its seed is the recorded one's in any case
 * @throws TributaryError `launch/…`, `parameters/…`, `quote/…`, `buyer/units-not-owned`, `escrow/…`, `chain/…`, `ipfs/…`, `storage/…`
 */
export async function launch(
  setting: BuyerSetting,
  plan: Plan | null,
  { name, purchase, agreed, arbiter, asked, pending, onStep = () => undefined }: LaunchOptions,
): Promise<Launched> {
  let record = await published(setting, plan, { name, agreed, arbiter, asked });
  onStep('published', record);
  const { terms } = record;
  if (record.activated && record.job !== null) return { job: record.job, terms };

  await settlePending(setting.contracts, setting.contracts.account, pending);
  const manifest = await readBlock(setting.store, blockOf(terms), jobSchema, 'the published terms');
  let job = record.job ?? (await findJob(setting.contracts, terms));
  const conditions = conditionsOf(record);
  await buyMissing(setting, { ...manifest, conditions }, job, purchase);
  onStep('bought', record);

  job ??= await openJob(setting.contracts, record.plan, terms, conditions);
  record = await writeLaunch(setting.home, name, { ...record, job });
  onStep('opened', record);

  await addSeats(setting.contracts, await openFacts(setting, job), manifest.datasets);
  onStep('seated', record);

  await activate(setting, job);
  record = await writeLaunch(setting.home, name, { ...record, activated: true });
  onStep('activated', record);
  return { job, terms };
}

const blockOf = (terms: Bytes32) => cidFromDigest('dag-cbor', fromHex(terms));

/** The record of a launch whose terms are published: from the home, or made now. */
async function published(
  setting: BuyerSetting,
  plan: Plan | null,
  { name, agreed, arbiter, asked = '' }: Pick<LaunchOptions, 'name' | 'agreed' | 'arbiter' | 'asked'>,
): Promise<LaunchRecord> {
  const { contracts, store, home } = setting;
  const place = { ...domainOf(setting), buyer: contracts.account };
  const record = await readLaunch(home, name);
  if (record) {
    assertSame(record, place, plan, name);
    return record;
  }
  if (!plan)
    throw new TributaryError('launch/no-record', `this home has no launch named ${name}: give a plan`);
  await assertSparseRuns(contracts, plan);
  const conditions = await conditionsNow(contracts, agreed?.conditions?.arbiter.address ?? arbiter);
  const wanted = { ...wantedOf(plan), conditions };
  const quote = await quoteJob(contracts, contracts.account, wanted, agreed && tokensOf(agreed));
  if (agreed) assertAgreed(quote, agreed);
  const terms = digestHex(await publishTerms(contracts, store, contracts.account, plan, quote.lines));
  return writeLaunch(home, name, {
    version: 3,
    ...place,
    plan,
    asked: asked || null,
    conditions: {
      fee: conditions.fee,
      arbiter: { ...conditions.arbiter, fee: toAmount(conditions.arbiter.fee) },
    },
    total: toAmount(quote.total),
    terms,
    job: null,
    activated: false,
  });
}

const conditionsOf = ({ conditions: { fee, arbiter } }: LaunchRecord): JobConditions => ({
  fee,
  arbiter: { address: arbiter.address, fee: fromAmount(arbiter.fee) },
});

/** What a plan asks the market for. */
const wantedOf = ({ datasets, rounds, bonusPool }: Plan) => ({
  datasets,
  rounds,
  bonusPool: fromAmount(bonusPool),
});

function assertSame(record: LaunchRecord, place: object, plan: Plan | null, name: string): void {
  const { chainId, escrow, buyer } = record;
  if (JSON.stringify({ chainId, escrow, buyer }) !== JSON.stringify(place)) {
    throw new TributaryError(
      'launch/other-deployment',
      `the launch ${name} of this home is of ${buyer} on ${chainId}:${escrow}: use that account, or another name`,
    );
  }
  if (plan && JSON.stringify({ ...plan, seed: record.plan.seed }) !== JSON.stringify(record.plan)) {
    throw new TributaryError(
      'launch/other-plan',
      `the launch ${name} of this home has another plan: go on with that one, or choose another name`,
    );
  }
}

/** Units for the seats that are still to be added, and money for the fees and the bonus that are still to be paid in. */
async function buyMissing(
  setting: BuyerSetting,
  { datasets, rounds, bonusPool, conditions }: JobManifest & Readonly<{ conditions: JobConditions }>,
  job: number | null,
  purchase: Purchase,
): Promise<void> {
  const { contracts, key } = setting;
  const seated = job === null ? 0 : (await openFacts(setting, job)).seats.length;
  const missing: readonly SeatLine[] = datasets.slice(seated);
  if (missing.length === 0) return;
  const quote = await quoteJob(
    contracts,
    contracts.account,
    {
      datasets: missing.map(({ dataset }) => dataset),
      rounds,
      bonusPool: job === null ? fromAmount(bonusPool) : 0n,
      conditions,
    },
    new Set(missing.map(({ token }) => token)),
  );
  if (purchase === 'held') assertHeld(quote);
  const payment: Payment = purchase === 'permit' ? key : null;
  await buyAccess(contracts, quote, payment);
}

/** @throws TributaryError `buyer/units-not-owned` */
export function assertHeld({ lines }: Quote): void {
  const short = lines.find(({ toBuy }) => toBuy > 0);
  if (!short) return;
  throw new TributaryError(
    'buyer/units-not-owned',
    `token ${short.token} of dataset ${short.dataset}: ${short.held} of ${short.units} units are held; buy them first`,
  );
}

/** @throws TributaryError `launch/job-over` where the job was cancelled or closed meanwhile */
async function openFacts({ contracts }: BuyerSetting, job: number): Promise<JobFacts> {
  const facts = await readJobFacts(contracts, job);
  if (facts.state === 'open' || facts.state === 'active') return facts;
  throw new TributaryError(
    'launch/job-over',
    `job ${job} is ${facts.state}: launch another under another name`,
  );
}

/** Held against the chain once more before it can't be changed. @throws TributaryError `job/differs-from-chain` */
async function activate(setting: BuyerSetting, job: number): Promise<void> {
  const facts = await openFacts(setting, job);
  await loadJob(setting.store, domainOf(setting), facts);
  if (facts.state === 'open') await setting.contracts.escrow.send.activate(BigInt(job));
}
