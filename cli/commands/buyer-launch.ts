/** `tributary buyer launch`: from a plan to an active job; the same name goes on where it was cut. protocol.md §5.1 */
import { readFileSync } from 'node:fs';
import { launch, wantedOf } from '#buyer/launch.ts';
import { parsePlan, type Plan } from '#buyer/plan.ts';
import { quoteJob } from '#buyer/quote.ts';
import { domainOf } from '#buyer/setting.ts';
import { toHex } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import { systemRng } from '#crypto/random.ts';
import { formatJobId } from '#protocol/job-id.ts';
import { buyerSetting } from '../buyer-home.ts';
import { progress, result } from '../output.ts';
import { readSettings, type CommonOptions } from '../settings.ts';
import { quoteText, type QuoteOptions } from './buyer-quote.ts';

type LaunchOptions = CommonOptions &
  QuoteOptions &
  Readonly<{
    recipe: string;
    coordinator: string;
    coordinatorAddress: string;
    minimumCohort: number;
    name: string;
    enrollingSeconds: number;
    phaseSeconds: number;
    roundTimeout: number;
    shortWindow: number;
    longWindow: number;
    cutoffDays: number;
    seed?: string;
    dryRun?: boolean;
  }>;

const DAY = 86_400;

export async function launchJob(options: LaunchOptions): Promise<void> {
  const settings = readSettings(options);
  const plan = planFrom(options);
  const setting = await buyerSetting(settings);
  const { contracts } = setting;
  const found = await quoteJob(contracts, contracts.account, wantedOf(plan));
  if (options.dryRun === true) {
    contracts.provider.destroy();
    result(settings.json, { event: 'dry-run', ...found }, `${quoteText(found)}\nnothing was signed or sent`);
    return;
  }
  if (!settings.json) progress(quoteText(found));
  const { job, terms } = await launch(setting, plan, {
    name: options.name,
    purchase: 'permit',
    onStep: (step) => progress(step),
  });
  contracts.provider.destroy();
  const id = formatJobId({ ...domainOf(setting), job });
  result(settings.json, { event: 'launched', job: id, terms, total: found.total }, `job ${id} is active`);
}

function planFrom(options: LaunchOptions): Plan {
  const { topology, recipe, aggregation } = readJob(options.recipe);
  const { phaseSeconds } = options;
  return parsePlan({
    datasets: options.datasets,
    rounds: options.rounds,
    bonusPool: options.bonus,
    coordinator: { address: options.coordinatorAddress, url: options.coordinator },
    topology: typeof topology === 'string' ? topology : JSON.stringify(topology),
    seed: options.seed ?? toHex(systemRng().bytes(32)),
    recipe,
    aggregation,
    minimumCohort: options.minimumCohort,
    phases: {
      enrolling: options.enrollingSeconds,
      sharing: phaseSeconds,
      masking: phaseSeconds,
      confirming: phaseSeconds,
      unmasking: phaseSeconds,
      settling: phaseSeconds,
    },
    windows: {
      roundTimeout: options.roundTimeout,
      short: options.shortWindow,
      long: options.longWindow,
      duration: options.cutoffDays * DAY,
    },
  });
}

function readJob(path: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    throw new TributaryError('launch/bad-plan', `${path} is no JSON of topology, recipe and aggregation`, {
      cause,
    });
  }
}
