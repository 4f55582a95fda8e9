/** The blobs that the rows of one moment point at, so far as the store has them. */
import type { AttemptId } from '#protocol/job-id.ts';
import type { Blobs } from '../blobs/blobs.ts';
import type { Query } from '../store/database.ts';
import type { Kind } from './format.ts';
import { evidenceOf, inputsOf, phasesWithBlobs } from './pointed-at.ts';
import { statesIn } from './states.ts';

export type WantedBlobs = readonly (AttemptId & Readonly<{ kind: Kind; name: string }>)[];

export type Wanted = Readonly<{ blobs: WantedBlobs; expired: readonly AttemptId[] }>;

/** Inputs first: they are what soonest goes. */
export async function wantedBlobs(query: Query, { evidence }: Pick<Blobs, 'evidence'>): Promise<Wanted> {
  const inputs: WantedBlobs[number][] = [];
  const blocks: WantedBlobs[number][] = [];
  const expired: AttemptId[] = [];
  for await (const { id, state } of statesIn(query, phasesWithBlobs)) {
    for (const name of inputsOf(state)) inputs.push({ kind: 'inputs', ...id, name });
    const root = evidenceOf(state);
    if (root === null) continue;
    const names = await evidence.names(id);
    if (names.length === 0 && (await evidence.isExpired(id))) {
      expired.push(id);
      continue;
    }
    // Its root is pointed at by the row, the others by it: where it is not there, that is found out by name.
    for (const name of new Set([root.toString(), ...names])) blocks.push({ kind: 'evidence', ...id, name });
  }
  return { blobs: [...inputs, ...blocks], expired };
}
