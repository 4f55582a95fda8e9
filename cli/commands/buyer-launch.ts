/** `tributary buyer launch`: from wishes to an active job; the same name goes on where it was cut. protocol.md §5.1 */
import { arrangeJob, type Arranged } from '#buyer/arrange.ts';
import { findCoordinator } from '#buyer/find-coordinator.ts';
import { readLaunch } from '#buyer/launch-record.ts';
import { launch, type LaunchStep } from '#buyer/launch.ts';
import { moneyText, readToken, type Token } from '#buyer/money.ts';
import { assertAffordable } from '#buyer/quote.ts';
import { domainOf, type BuyerSetting } from '#buyer/setting.ts';
import { TributaryError } from '#crypto/error.ts';
import { evidenceText } from '#protocol/evidence-terms.ts';
import { formatJobId } from '#protocol/job-id.ts';
import { toAddress } from '#protocol/units.ts';
import { buyerSetting } from '../buyer-home.ts';
import { progress, result } from '../output.ts';
import { findStackRecord } from '../dev/stack-record.ts';
import { warnOfPlain } from '../plain.ts';
import { readSettings, type CommonOptions, type Settings } from '../settings.ts';
import { askFor } from './buyer-consent.ts';
import { askedText, wishesFrom, type LaunchOptions } from './buyer-launch-wishes.ts';
import { quoteText } from './buyer-quote.ts';

const steps: Readonly<Record<LaunchStep, string>> = {
  published: 'terms published',
  bought: 'access bought',
  opened: 'job opened',
  seated: 'seats added',
  activated: 'job activated',
};

export async function launchJob(options: LaunchOptions & CommonOptions): Promise<void> {
  const settings = readSettings(options);
  const asked = askedText(options);
  const setting = await buyerSetting(settings);
  try {
    const recorded = await readLaunch(setting.home, options.name);
    if (recorded && recorded.asked !== asked) {
      throw new TributaryError(
        'launch/other-plan',
        `the launch ${options.name} of this home was asked for with other options: use those, or choose another name`,
      );
    }
    if (recorded) await goOn(settings, setting, options);
    else await begin(settings, setting, options, asked);
  } finally {
    setting.contracts.provider.destroy();
  }
}

/** What was decided and paid stands. */
async function goOn(
  settings: Settings,
  setting: BuyerSetting,
  { name, dryRun }: LaunchOptions,
): Promise<void> {
  if (dryRun === true) {
    result(
      settings.json,
      { event: 'dry-run', goesOn: name },
      `the launch ${name} was begun, and would go on; nothing was signed or sent`,
    );
    return;
  }
  progress(`the launch ${name} goes on where it was`);
  await finish(settings, setting, null, name);
}

async function begin(
  settings: Settings,
  setting: BuyerSetting,
  options: LaunchOptions,
  asked: string,
): Promise<void> {
  const expected = options.coordinatorAddress === undefined ? null : toAddress(options.coordinatorAddress);
  const url = coordinatorUrl(options, settings);
  warnOfPlain(url);
  const coordinator = await findCoordinator(url, domainOf(setting), expected);
  const arranged = await arrangeJob(setting, wishesFrom(options, coordinator), (read, of) =>
    progress(`read ${read} of ${of} descriptors`),
  );
  const token = await readToken(setting.contracts);
  const text = arrangedText(arranged, token);
  if (options.dryRun === true) {
    result(
      settings.json,
      { event: 'dry-run', ...arrangedFields(arranged), paymentToken: token },
      `${text}\nnothing was signed or sent`,
    );
    return;
  }
  progress(text);
  assertAffordable(arranged.quote);
  await askFor(`Launch this job for ${moneyText(arranged.quote.toPay, token)}?`, options.yes);
  await finish(settings, setting, { ...arranged, asked }, options.name);
}

/** @throws TributaryError `launch/bad-options` where none is named and no stack runs here */
function coordinatorUrl({ coordinator }: LaunchOptions, { home }: Settings): string {
  const url = coordinator ?? findStackRecord(home)?.coordinator.url;
  if (url !== undefined) return url;
  throw new TributaryError('launch/bad-options', 'say who runs the rounds: give --coordinator');
}

async function finish(
  settings: Settings,
  setting: BuyerSetting,
  begun: (Arranged & Readonly<{ asked: string }>) | null,
  name: string,
): Promise<void> {
  const { job, terms } = await launch(setting, begun?.plan ?? null, {
    name,
    purchase: 'permit',
    agreed: begun?.agreed,
    asked: begun?.asked,
    onStep: (step) => progress(steps[step]),
  });
  const id = formatJobId({ ...domainOf(setting), job });
  const { plan, total } = (await readLaunch(setting.home, name)) ?? {};
  result(
    settings.json,
    {
      event: 'launched',
      job: id,
      terms,
      total,
      datasets: plan?.datasets,
      rounds: plan?.rounds,
    },
    `job ${id} is active`,
  );
}

const arrangedFields = ({ quote, plan, choice }: Arranged) => ({
  ...quote,
  datasets: plan.datasets,
  leftOut: choice.leftOut,
  model: { recipe: plan.recipe, aggregation: plan.aggregation },
  coordinator: plan.coordinator,
  evidence: plan.evidence,
});

function arrangedText({ quote, plan, choice }: Arranged, token: Token): string {
  const { recipe, coordinator } = plan;
  const why = choice.leftOut.map(({ dataset, why: reason }) => `left out dataset ${dataset}: ${reason}`);
  return [
    ...why,
    `predicts ${recipe.label.name} from ${recipe.features.length} columns: ${recipe.loss}, ${recipe.optimiser.name} at ${recipe.learningRate.rate}, ${recipe.server.name}`,
    `${plan.datasets.length} datasets, ${plan.rounds} rounds, run by ${coordinator.address} at ${coordinator.url}`,
    evidenceText(plan.evidence),
    quoteText(quote, token),
  ].join('\n');
}
