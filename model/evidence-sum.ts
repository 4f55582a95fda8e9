/** The sum of a round recomputed from its evidence, whole or at chosen coordinates. protocol.md §6.4 */
import type { Binding } from '#crypto/agreement.ts';
import { fromHex } from '#crypto/bytes.ts';
import { type MaskedSum, masksIn, masksLeftIn, removeMasks } from '#crypto/masking.ts';
import { packedBytes, wordBits } from '#crypto/parameters.ts';
import { signedCoordinates } from '#crypto/quantise.ts';
import { CoordinateSum } from '#crypto/ring.ts';
import { streamBlob } from '#datasets/blob.ts';
import type { BlockSource } from '#datasets/blockstore.ts';
import { contextOf } from '#protocol/job-id.ts';
import type { Evidence } from '#protocol/manifests.ts';
import type { Input } from '#protocol/messages.ts';
import type { Frame } from '#protocol/rules/phase-messages.ts';
import { sharersOf, survivorsOf } from '#protocol/rules/survivors.ts';
import type { Bytes32 } from '#protocol/units.ts';
import type { Job } from './job.ts';
import { InputAdder } from './unmasking/input-adder.ts';
import type { Shape } from './unmasking/messages.ts';
import type { SealedFile } from './unmasking/sealed-inputs.ts';
import { type OpenThreads, openThreads } from './unmasking/threads.ts';
import { type StoredInput, unmaskedSum } from './unmasking/unmask.ts';

/** What keys of an attempt are bound to, from signed facts. */
export function bindingOf(frame: Frame, job: Job, model: Bytes32): Binding {
  return {
    context: contextOf(frame.domain, frame.id),
    roster: fromHex(frame.roster.root),
    parameters: fromHex(job.digests.parameters),
    model: fromHex(model),
  };
}

/** With what a sum is made. */
export type SumMeans = Readonly<{
  threads: OpenThreads;
  /** Where this process itself has put an input whose root it checked; null for one that the evidence must give. */
  fileOf(input: Input): SealedFile | null;
}>;

/** With nothing but the evidence, and threads for this sum alone. */
const bareMeans: SumMeans = { threads: openThreads, fileOf: () => null };

/**
 * Σ q over U3, every coordinate. Inputs are read piece by piece, and large sums are divided among threads.
 *
 * @param evidence whose messages and secrets were checked (protocol/rules/evidence.ts)
 * @throws TributaryError `evidence/other-input` where a vector is not the one its owner signed; of files,
 *   `storage/vector-missing` and `storage/vector-damaged`
 */
export async function sumFromEvidence(
  store: BlockSource,
  frame: Frame,
  evidence: Evidence,
  job: Job,
  model: Bytes32,
  { threads, fileOf }: SumMeans = bareMeans,
): Promise<Float64Array> {
  const { parameters } = job;
  const shape = { parameters, w: wordBits(parameters.bits, frame.roster.size) };
  const files = evidence.inputs.flatMap(({ message }) => {
    const file = fileOf(message);
    return file === null ? [] : [{ member: message.member, ...file }];
  });
  const onDisk = new Set(files.map(({ member }) => member));
  const inputs = inputsOf(store, evidence, shape).filter(({ member }) => !onDisk.has(member));
  const masked = maskedSumOf(frame, evidence, job, model);
  const masks = { masks: masksIn(masked), maskCount: masksLeftIn(masked) };
  const sum = await unmaskedSum({ shape, inputs, files, ...masks }, threads);
  return signedCoordinates(sum, evidence.inputs.length, parameters);
}

/** Σ q over U3 at these coordinates, in their order. @throws as `sumFromEvidence` */
export async function sumAtCoordinates(
  store: BlockSource,
  frame: Frame,
  evidence: Evidence,
  job: Job,
  model: Bytes32,
  coordinates: readonly number[],
): Promise<Float64Array> {
  const { parameters } = job;
  const shape = { parameters, w: wordBits(parameters.bits, frame.roster.size) };
  const inputs = inputsOf(store, evidence, shape);
  const sum = new CoordinateSum(coordinates, parameters.dimension, shape.w);
  const adder = new InputAdder(sum, parameters, shape.w);
  for (const input of inputs) {
    adder.begin(input);
    for await (const piece of input.open()) adder.push(piece);
    adder.end();
  }
  removeMasks(sum, maskedSumOf(frame, evidence, job, model));
  return signedCoordinates(sum.words(), inputs.length, parameters);
}

function inputsOf(store: BlockSource, evidence: Evidence, { parameters, w }: Shape): StoredInput[] {
  const limit = packedBytes(parameters, w);
  return evidence.inputs.map(({ message, vector }) => ({
    member: message.member,
    root: fromHex(message.inputRoot),
    open: () => streamBlob(store, vector, { limit }),
  }));
}

function maskedSumOf(frame: Frame, evidence: Evidence, job: Job, model: Bytes32): MaskedSum {
  return {
    binding: bindingOf(frame, job, model),
    survivors: survivorsOf(evidence.inputs),
    sharers: sharersOf(evidence.shares),
    roster: frame.roster.members,
    graph: frame.roster.graph,
    recovered: secretsOf(evidence),
  };
}

function secretsOf({ secrets }: Evidence) {
  const pick = (wanted: 'seed' | 'mask') =>
    new Map(
      secrets.filter(({ kind }) => kind === wanted).map(({ member, value }) => [member, fromHex(value)]),
    );
  return { seeds: pick('seed'), maskSecrets: pick('mask') };
}
