/** The main job, end to end, as its people live it. */
import { toHex, utf8 } from '#crypto/bytes.ts';
import { seededRng } from '#crypto/random.ts';
import { setUpOneCoordinator } from '../accidents.ts';
import { launchJob, type Buyer } from '../actors.ts';
import { baselines } from '../baselines.ts';
import { processCohort } from '../cohort.ts';
import { crowdCohort } from '../crowd.ts';
import { writeData, type StoryData } from '../data.ts';
import { consistentLineage, flippedByte } from '../forgeries.ts';
import { largestProcesses, type DemoOptions } from '../options.ts';
import { command, succeed, type Line, type Service } from '../processes.ts';
import { outcomeText, roundText, roundsOf, type Outcome } from '../report.ts';
import { samples } from '../samples.ts';
import type { Stack } from '../stack.ts';
import { setUpTwoCoordinators } from '../two-coordinators.ts';
import type { Story, Told } from './story.ts';

/** Seconds that one round may take on a slow machine, accidents included. */
const ROUND_SECONDS = 240;
const CROWD_ROUND_SECONDS = 1_200;
/** A phase ends as soon as all have answered; its time is waited out only for those who were lost. */
const PHASE_SECONDS = 15;
/** A hundred clients in one process take their time. */
const CROWD_PHASE_SECONDS = 60;

export const mainJob: Story = { court: null, play };

async function play(stack: Stack, options: DemoOptions, say: (text: string) => void): Promise<Told<Outcome>> {
  const started = Date.now();
  const { clients: count, rounds } = options;
  const seed = seededRng(utf8(`demo/${options.seed}`)).bytes(32);
  const sample = samples[options.dataset];
  const data = writeData(stack.folder('data'), sample, options.seed, count, options.sparse);
  const crowd = count > largestProcesses;
  const roundSeconds = crowd ? CROWD_ROUND_SECONDS : ROUND_SECONDS;

  say(`${count} owners make keys, name each other in their policies, register datasets and offer access`);
  const [cohort, coordinator] = await Promise.all([
    crowd ? crowdCohort(stack, data, sample.owner) : processCohort(stack, data, sample.owner, rounds),
    options.database === null
      ? setUpOneCoordinator(stack, crowd ? 0 : rounds)
      : setUpTwoCoordinators(stack, rounds, options.database),
  ]);
  await cohort.start();
  const buyer = await launchJob(stack, data, cohort.datasets, coordinator, {
    rounds,
    seed: toHex(seed),
    phaseSeconds: crowd ? CROWD_PHASE_SECONDS : PHASE_SECONDS,
  });
  say(`job ${buyer.job} is active: ${rounds} rounds for ${buyer.quote} base units`);

  const watch = buyer.watch();
  const settled = (round: number) =>
    watch.until(
      `round ${round}`,
      (line) => line['event'] === 'round' && line['round'] === round,
      roundSeconds * (round + 1),
    );
  const telling = Array.from({ length: rounds + 1 }, async (_, round) =>
    say(roundText(await settled(round))),
  );
  await Promise.all([
    ...telling,
    cohort.happen({ settled, say }),
    coordinator.accident({ settled, say }),
    watch.until('the end of the job', (line) => line['event'] === 'finished', roundSeconds * rounds),
  ]);

  const statuses = await cohort.statuses(buyer.job);
  say('owners claim, once for all rounds');
  await cohort.claim(buyer.job);
  say('the buyer downloads the model');
  const lineage = stack.folder('lineage.car');
  await Promise.all([
    succeed(['buyer', 'download', buyer.job, '--out', stack.folder('model')], stack.home('buyer')),
    succeed(['lineage', 'export', buyer.job, '--out', lineage], stack.home('buyer')),
  ]);

  if (coordinator.told() !== '') say(coordinator.told());
  say('the coordinator and the clients stop for good');
  await Promise.all([stack.stopNamed('coordinator'), cohort.stop()]);
  return conclude(stack, { data, seed, options, buyer, watch, statuses, lineage, started, say });
}

type Played = Readonly<{
  data: StoryData;
  seed: Uint8Array;
  options: DemoOptions;
  buyer: Buyer;
  watch: Service;
  statuses: readonly Line[];
  lineage: string;
  started: number;
  say: (text: string) => void;
}>;

/** Audit, forgeries, baselines: all after the coordinator is gone. */
async function conclude(stack: Stack, played: Played): Promise<Told<Outcome>> {
  const { data, seed, options, buyer, watch, statuses, lineage, started, say } = played;
  const { rounds: wanted } = options;
  say('the auditor recomputes the job from chain, IPFS and the evidence that the buyer gave, levels 1 to 5');
  const audited = await command(
    ['audit', buyer.job, '--evidence', stack.folder('buyer', 'evidence')],
    stack.home('auditor'),
  );
  say('two forgeries are tried on copies');
  const forgeries = await Promise.all([
    flippedByte(stack, buyer.job, lineage, wanted),
    consistentLineage(stack, buyer.job, lineage, wanted),
  ]);
  say('baselines, outside the system: all rows in one place, and each owner alone');
  const { centralised, single } = await baselines(data, seed, wanted);

  const rounds = roundsOf(watch);
  const trained = rounds.filter(({ round }) => round > 0);
  const last = trained.at(-1);
  const perRound = costsOf(statuses);
  const taken = [...perRound.values()];
  const paid = audited.line['payouts'] as Outcome['payouts'];
  const outcome: Outcome = {
    job: buyer.job,
    dataset: options.dataset,
    initialLoss: rounds.find(({ round }) => round === 0)?.loss ?? Number.NaN,
    rounds: wanted,
    settled: Number(audited.line['settled']),
    attempts: trained.reduce((sum, { attempt }) => sum + attempt, 0),
    graph: graphOf(audited.line),
    dropouts: trained.reduce((sum, { lost }) => sum + lost, 0),
    accuracy: {
      federated: last?.accuracy ?? 0,
      centralised: centralised.accuracy,
      bestSingleOwner: single.accuracy,
    },
    logLoss: {
      federated: last?.loss ?? 0,
      centralised: centralised.logLoss,
      bestSingleOwner: single.logLoss,
    },
    // The auditor's own figures: owed by the bitmaps on chain, claimed by its events.
    payouts: { owed: paid.owed, claimed: paid.claimed },
    bytesUpPerClientPerRound: Math.round(
      taken.reduce((sum, { bytesUp }) => sum + bytesUp, 0) /
        Math.max(
          1,
          taken.reduce((sum, { took }) => sum + took, 0),
        ),
    ),
    audit: {
      levels: audited.line['levels'] as number[],
      passed: audited.code === 0 && audited.line['passed'] === true,
    },
    forgeries,
    seconds: Math.round((Date.now() - started) / 1000),
  };
  if (!outcome.audit.passed)
    say(`the audit did not pass: ${JSON.stringify(audited.line['findings']).slice(0, 4000)}`);
  process.stderr.write(`\n${outcomeText(outcome, rounds, perRound)}\n`);
  return { outcome, sound: isSound(outcome) };
}

const isSound = ({ settled, rounds, payouts, audit, forgeries }: Outcome): boolean =>
  settled === rounds &&
  payouts.owed === payouts.claimed &&
  audit.passed &&
  forgeries.every(({ detected }) => detected);

/** What the auditor found of the last round's graph. */
function graphOf(audited: Line): string {
  const findings = (audited['findings'] ?? []) as readonly Readonly<{
    id: string;
    verdict: Readonly<{ detail?: string }>;
  }>[];
  return findings.findLast(({ id }) => id === 'agreement.graph')?.verdict.detail ?? 'not audited';
}

type RoundCost = Readonly<{ bytesUp: number; took: number; paid: bigint }>;

function costsOf(statuses: readonly Line[]): Map<number, RoundCost> {
  const perRound = new Map<number, RoundCost>();
  for (const status of statuses) {
    for (const { round, bytesUp, took, earned } of status['rounds'] as readonly StatusRow[]) {
      const sum = perRound.get(round) ?? { bytesUp: 0, took: 0, paid: 0n };
      perRound.set(round, {
        bytesUp: sum.bytesUp + (took ? bytesUp : 0),
        took: sum.took + (took ? 1 : 0),
        paid: sum.paid + BigInt(earned),
      });
    }
  }
  return perRound;
}

type StatusRow = Readonly<{ round: number; bytesUp: number; took: boolean; earned: string }>;
