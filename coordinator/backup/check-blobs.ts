/** Blobs of a backup held against their digests, and against the signatures and links that point at them. */
import { TributaryError } from '#crypto/error.ts';
import { wordBits } from '#crypto/parameters.ts';
import { walk } from '#datasets/walk.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import { attemptName, type AttemptBlobs, type Blobs } from '../blobs/blobs.ts';
import { neededInputs } from '../driver/sweep.ts';
import type { Attempt } from '../round/attempt.ts';
import { idOf } from '../round/base.ts';
import { openEvidence } from '../store/evidence-blocks.ts';
import { PackedCheck } from '../store/packed-check.ts';
import { inputName } from '../store/vectors.ts';
import type { Manifest } from './format.ts';
import { damaged, digestOf, sameDigest } from './hashed-file.ts';
import { evidenceOf } from './pointed-at.ts';
import { readBlobList } from './read-manifest.ts';

/** That each blob of the list is there, as it was. @returns how many */
export async function checkBlobs(
  folder: string,
  blobs: Pick<Blobs, 'inputs' | 'evidence'>,
  progress: (text: string) => void,
): Promise<number> {
  let number = 0;
  for await (const { kind, name, bytes, sha256, ...id } of readBlobList(folder)) {
    const found = await blobs[kind].read(id, name);
    if (!found || !sameDigest(digestOf(found), { bytes, sha256 }))
      throw damaged(`${blobs[kind].where(id, name)} is ${found ? 'not what it was' : 'not there'}`);
    number += 1;
    if (number % 1_000 === 0) progress(`${number} blobs`);
  }
  return number;
}

/** That what a state points at is there, and is what was signed: each input of its root, the evidence to its last block. */
export async function checkPointedAt(
  state: Attempt,
  blobs: Pick<Blobs, 'inputs' | 'evidence'>,
  { expired, missing }: Pick<Manifest, 'expired' | 'missing'>,
): Promise<void> {
  const id = idOf(state);
  const known = new Set(missing.filter((one) => isSame(one, id)).map(({ name }) => name));
  await checkInputs(state, blobs.inputs, known);
  const root = evidenceOf(state);
  if (root === null || expired.some((one) => isSame(one, id))) return;
  if (known.has(root.toString())) return;
  try {
    for await (const block of walk(openEvidence(blobs.evidence)(id), root)) void block;
  } catch (error) {
    if (!(error instanceof TributaryError)) throw error;
    throw damaged(`the evidence of attempt ${attemptName(id)} is not whole: ${error.message}`, error);
  }
}

async function checkInputs(state: Attempt, inputs: AttemptBlobs, known: ReadonlySet<string>): Promise<void> {
  if (!('enrolments' in state)) return;
  const { aggregation } = state.rules;
  for (const input of neededInputs(state)) {
    const name = inputName(input);
    if (known.has(name)) continue;
    const bytes = await inputs.read(idOf(state), name);
    const where = inputs.where(idOf(state), name);
    if (!bytes) throw damaged(`${where} is not there`);
    const check = new PackedCheck(aggregation, wordBits(aggregation.bits, state.enrolments.length));
    check.push(bytes);
    check.end();
    if (check.root() !== input.inputRoot) throw damaged(`${where} is not the input that was signed`);
  }
}

const isSame = (one: AttemptId, other: AttemptId): boolean => attemptName(one) === attemptName(other);
