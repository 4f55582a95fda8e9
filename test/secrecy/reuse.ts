/** What a recorder's uses say: which keys met two messages. protocol.md §3.1, §3.4 */
import type { MemoryCoordinator } from '#test/client/support/coordinator.ts';
import type { Recorder, SealUse } from './recorder.ts';

/** A client's files at rest are sealed under their names. */
const isAtRest = ({ aad }: SealUse): boolean => /^(attempts|updates)\//.test(aad);

/** Keys of the journal that sealed more than one file or version of a file, whether it was written or not. */
export const reusedAtRest = ({ seals }: Recorder): string[] =>
  repeated(seals.filter(isAtRest), ({ key }) => key);

/**
 * Channel keys under which two different ciphertexts left. One that was made and lost in a crash before it was
 * journalled never left: nothing is sent that is not on the disk.
 */
export function reusedChannels({ seals }: Recorder, coordinators: readonly MemoryCoordinator[]): string[] {
  const left = new Set(coordinators.flatMap(({ sent }) => sent).flatMap(({ body }) => ciphertextsOf(body)));
  const uses = new Map<string, string>();
  for (const { key, nonce, output } of seals.filter((use) => !isAtRest(use))) {
    if (left.has(output)) uses.set(output, `${key} ${nonce}`);
  }
  return repeated([...uses.values()], (use) => use);
}

const ciphertextsOf = (body: object): string[] =>
  'ciphertexts' in body ? (body.ciphertexts as string[]).filter((one) => one !== '0x') : [];

/**
 * Mask keys whose keystream covered two vectors of one member that left.
 *
 * @param vectorsOf what left in a member's step, as it was named to the recorder
 */
export function reusedMasks({ streams }: Recorder, vectorsOf: ReadonlyMap<string, string>): string[] {
  const covered = new Map<string, Set<string>>();
  for (const { by, key } of streams) {
    const vector = vectorsOf.get(by);
    const [seat = ''] = by.split(' ');
    if (vector === undefined) continue;
    const name = `${seat} ${key}`;
    covered.set(name, (covered.get(name) ?? new Set()).add(vector));
  }
  return [...covered].filter(([, vectors]) => vectors.size > 1).map(([name]) => name);
}

function repeated<T>(list: readonly T[], keyOf: (item: T) => string): string[] {
  const seen = new Set<string>();
  return list.map(keyOf).filter((key) => seen.size === seen.add(key).size);
}
