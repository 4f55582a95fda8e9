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
import type { Frame } from '#protocol/rules/phase-messages.ts';
import { sharersOf, survivorsOf } from '#protocol/rules/survivors.ts';
import type { Bytes32 } from '#protocol/units.ts';
import type { Job } from './job.ts';
import { InputAdder } from './unmasking/input-adder.ts';
import type { Shape } from './unmasking/messages.ts';
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

/**
 * Σ q over U3, every coordinate. Inputs are read piece by piece, and large sums are divided among threads.
 *
 * @param evidence whose messages and secrets were checked (protocol/rules/evidence.ts)
 * @throws TributaryError `evidence/other-input` where a vector is not the one its owner signed
 */
export async function sumFromEvidence(
  store: BlockSource,
  frame: Frame,
  evidence: Evidence,
  job: Job,
  model: Bytes32,
): Promise<Float64Array> {
  const { parameters } = job;
  const shape = { parameters, w: wordBits(parameters.bits, frame.roster.size) };
  const inputs = inputsOf(store, evidence, shape);
  const masked = maskedSumOf(frame, evidence, job, model);
  const sum = await unmaskedSum({ shape, inputs, masks: masksIn(masked), maskCount: masksLeftIn(masked) });
  return signedCoordinates(sum, inputs.length, parameters);
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
