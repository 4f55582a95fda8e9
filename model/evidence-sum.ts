/** The sum of a round recomputed from its evidence, whole or at chosen coordinates. protocol.md §6.4 */
import { equalBytes, fromHex } from '#crypto/bytes.ts';
import type { Binding } from '#crypto/agreement.ts';
import { TributaryError } from '#crypto/error.ts';
import { removeMasks } from '#crypto/masking.ts';
import { inputRoot } from '#crypto/packing.ts';
import { packedBytes, wordBits } from '#crypto/parameters.ts';
import { signedCoordinates } from '#crypto/quantise.ts';
import { CoordinateSum, RingAccumulator, type RingSum } from '#crypto/ring.ts';
import { getBlob } from '#datasets/blob.ts';
import type { BlockSource } from '#datasets/blockstore.ts';
import { contextOf } from '#protocol/job-id.ts';
import type { Evidence } from '#protocol/manifests.ts';
import type { Frame } from '#protocol/rules/phase-messages.ts';
import { sharersOf, survivorsOf } from '#protocol/rules/survivors.ts';
import type { Bytes32 } from '#protocol/units.ts';
import type { Job } from './job.ts';

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
 * Σ q over U3, every coordinate; one input in memory at a time.
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
  const w = wordBits(job.parameters.bits, frame.roster.members.length);
  return unmasked(new RingAccumulator(job.parameters.dimension, w), store, frame, evidence, job, model);
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
  const w = wordBits(job.parameters.bits, frame.roster.members.length);
  const sum = new CoordinateSum(coordinates, job.parameters.dimension, w);
  return unmasked(sum, store, frame, evidence, job, model);
}

async function unmasked(
  sum: RingSum,
  store: BlockSource,
  frame: Frame,
  evidence: Evidence,
  job: Job,
  model: Bytes32,
): Promise<Float64Array> {
  const { parameters } = job;
  const w = wordBits(parameters.bits, frame.roster.members.length);
  for (const { message, vector } of evidence.inputs) {
    const packed = await getBlob(store, vector, { limit: packedBytes(parameters, w) });
    if (!equalBytes(inputRoot(packed, parameters, w), fromHex(message.inputRoot))) {
      throw new TributaryError(
        'evidence/other-input',
        `the input of member ${message.member} is not the one that it signed`,
      );
    }
    sum.addPacked(packed);
  }
  removeMasks(sum, {
    binding: bindingOf(frame, job, model),
    survivors: survivorsOf(evidence.inputs),
    sharers: sharersOf(evidence.shares),
    roster: frame.roster.members,
    recovered: secretsOf(evidence),
  });
  return signedCoordinates(sum.words(), evidence.inputs.length, parameters);
}

function secretsOf({ secrets }: Evidence) {
  const pick = (wanted: 'seed' | 'mask') =>
    new Map(
      secrets.filter(({ kind }) => kind === wanted).map(({ member, value }) => [member, fromHex(value)]),
    );
  return { seeds: pick('seed'), maskSecrets: pick('mask') };
}
