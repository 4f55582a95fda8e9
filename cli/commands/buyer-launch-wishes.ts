/** From the options of `tributary buyer launch` to what a job is arranged from. protocol.md §6.5 */
import { readFileSync } from 'node:fs';
import type { JobWishes } from '#buyer/arrange.ts';
import type { Design } from '#buyer/design/design.ts';
import type { ModelRequest, TemplateName } from '#buyer/design/request.ts';
import type { TrainingChoice } from '#buyer/design/training.ts';
import { parsePlan } from '#buyer/plan.ts';
import { runningOf } from '#buyer/running.ts';
import { utf8 } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import type { ImageShape } from '#model/templates.ts';
import { cidOf } from '#protocol/dag.ts';
import { toAddress, toBytes32, type Address } from '#protocol/units.ts';
import type { CommonOptions } from '../settings.ts';

export type LaunchOptions = CommonOptions &
  Omit<TrainingChoice, 'batchSize'> &
  Readonly<{
    template?: TemplateName;
    model?: string;
    recipe?: string;
    label?: string;
    columns?: string[];
    heldOut?: string;
    vocabulary?: string;
    hidden: number;
    filters: number;
    image?: ImageShape;
    embedding: number;
    length: number;
    batch?: number;
    budget?: bigint;
    maxCost?: bigint;
    datasets?: number[];
    rounds?: number;
    bonus: bigint;
    coordinator?: string;
    coordinatorAddress?: string;
    arbiter?: string;
    minimumCohort: number;
    name: string;
    enrollingSeconds: number;
    phaseSeconds: number;
    roundTimeout: number;
    shortWindow: number;
    longWindow: number;
    cutoffDays: number;
    evidenceReader?: string[];
    retentionDays: number;
    seed?: string;
    yes?: boolean;
    dryRun?: boolean;
  }>;

const DAY = 86_400;
const designOnly = [
  'label',
  'columns',
  'vocabulary',
  'optimiser',
  'learningRate',
  'localEpochs',
  'batch',
] as const;

/** @throws TributaryError `launch/bad-options`, `launch/bad-file` */
export function wishesFrom(
  options: LaunchOptions,
  coordinator: Readonly<{ url: string; address: Address }>,
): JobWishes {
  return {
    what: whatFrom(options),
    label: options.label ?? null,
    columns: options.columns ?? null,
    datasets: options.datasets ?? null,
    ...(options.arbiter !== undefined && { arbiter: toAddress(options.arbiter) }),
    budget: limitOf(options),
    rounds: options.rounds ?? null,
    bonusPool: options.bonus,
    running: runningOf(coordinator, {
      minimumCohort: options.minimumCohort,
      seed: options.seed === undefined ? undefined : toBytes32(options.seed),
      enrolling: options.enrollingSeconds,
      phase: options.phaseSeconds,
      roundTimeout: options.roundTimeout,
      short: options.shortWindow,
      long: options.longWindow,
      duration: options.cutoffDays * DAY,
      evidenceReaders: options.evidenceReader?.map(toAddress),
      retentionDays: options.retentionDays,
    }),
  };
}

/** Base units that may be spent: the lower of the two bounds, or null. */
export function limitOf({ budget, maxCost }: LaunchOptions): bigint | null {
  if (budget === undefined || maxCost === undefined) return budget ?? maxCost ?? null;
  return budget < maxCost ? budget : maxCost;
}

function whatFrom(options: LaunchOptions): JobWishes['what'] {
  const { template, model, recipe, heldOut, vocabulary, batch } = options;
  const given = [template, model, recipe].filter((one) => one !== undefined);
  if (given.length !== 1) throw badOptions('give one of --template, --model and --recipe');
  if (recipe !== undefined) {
    const odd = designOnly.find((name) => options[name] !== undefined);
    if (odd) throw badOptions(`--recipe says itself what the option ${odd} says: leave one out`);
    return readDesign(recipe);
  }
  return {
    model: modelFrom(options),
    training: { ...options, batchSize: batch },
    heldOut: heldOut ?? null,
    vocabulary:
      vocabulary === undefined
        ? []
        : readText(vocabulary)
            .split(/\s+/)
            .filter((word) => word !== ''),
  };
}

function modelFrom(options: LaunchOptions): ModelRequest {
  const { template, model, hidden, filters, image, embedding, length } = options;
  if (template === undefined) return { keras: readText(model ?? '') };
  return { template, hidden, filters, image: image ?? null, embedding, length };
}

const badOptions = (why: string) => new TributaryError('launch/bad-options', why);

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new TributaryError('launch/bad-file', `can't read ${path}: check its name`, { cause });
  }
}

function readDesign(path: string): Design {
  const text = readText(path);
  let job: Readonly<Record<string, unknown>>;
  try {
    job = JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    throw new TributaryError('launch/bad-file', `${path} is no JSON of topology, recipe and aggregation`, {
      cause,
    });
  }
  const { topology } = job;
  // The plan's own schema decides whether the parts are what they should be.
  const plan = parsePlan({
    ...job,
    topology: typeof topology === 'string' ? topology : JSON.stringify(topology),
    datasets: [1],
    rounds: 1,
    bonusPool: '0',
    coordinator: { address: `0x${'00'.repeat(20)}`, url: 'http://localhost' },
    seed: `0x${'00'.repeat(32)}`,
    minimumCohort: 3,
    phases: { enrolling: 1, sharing: 1, masking: 1, confirming: 1, unmasking: 1, settling: 1 },
    windows: { roundTimeout: 1, short: 1, long: 1, duration: 1 },
  });
  return { topology: plan.topology, recipe: plan.recipe, aggregation: plan.aggregation };
}

/** Not of the job: where things are, and how this call behaves. */
const passing = ['home', 'rpc', 'ipfs', 'deployment', 'passwordFile', 'json', 'name', 'yes', 'dryRun'];
const files = ['recipe', 'model', 'vocabulary', 'heldOut'];

/** What is asked for, as text: a launch goes on only for the one who asks the same again. */
export function askedText(options: LaunchOptions): string {
  const asked = Object.entries(options)
    .filter(([name, value]) => !passing.includes(name) && value !== undefined)
    .map(([name, value]) => [
      name,
      files.includes(name) && typeof value === 'string'
        ? cidOf('raw', utf8(readText(value))).toString()
        : JSON.stringify(value, plain),
    ])
    .sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
  return JSON.stringify(asked);
}

const plain = (_key: string, value: unknown) => (typeof value === 'bigint' ? value.toString() : value);
