/** The blobs of a backup: copied as they are found, each once, however often the rows are looked at again. */
import type { AttemptId } from '#protocol/job-id.ts';
import type { AttemptBlobs, Blobs } from '../blobs/blobs.ts';
import { attemptName } from '../blobs/blobs.ts';
import type { BlobLine, Kind } from './format.ts';
import { digestOf } from './hashed-file.ts';
import type { WantedBlobs } from './wanted.ts';

export type Missing = AttemptId & Readonly<{ kind: Kind; name: string }>;

export type Copier = Readonly<{
  /** Copies what is wanted and not copied yet. @returns what is not there any more */
  copy(wanted: WantedBlobs): Promise<Missing[]>;
  /** Those that are wanted, of what was copied; the others are deleted. */
  keepOnly(wanted: WantedBlobs): Promise<BlobLine[]>;
}>;

export type CopyParts = Readonly<{
  from: Pick<Blobs, Kind>;
  to: Pick<Blobs, Kind>;
  /** Told of each that was copied. */
  copied(bytes: number): void;
  signal: AbortSignal;
}>;

export function copier({ from, to, copied, signal }: CopyParts): Copier {
  const done = new Map<string, BlobLine>();
  return {
    async copy(wanted) {
      const missing: Missing[] = [];
      for (const one of wanted) {
        if (done.has(keyOf(one))) continue;
        signal.throwIfAborted();
        const line = await copyOne(from[one.kind], to[one.kind], one);
        if (line) {
          done.set(keyOf(one), line);
          copied(line.bytes);
        } else missing.push(one);
      }
      return missing;
    },

    async keepOnly(wanted) {
      const keys = new Set(wanted.map(keyOf));
      for (const [key, { kind, name, ...id }] of done) {
        if (keys.has(key)) continue;
        await to[kind].remove(id, name);
        done.delete(key);
      }
      return [...done.values()];
    },
  };
}

async function copyOne(from: AttemptBlobs, to: AttemptBlobs, one: Missing): Promise<BlobLine | null> {
  const { kind, name, ...id } = one;
  const bytes = await from.read(id, name);
  if (!bytes) return null;
  await to.write(id, name, [bytes]);
  const { job, round, attempt } = id;
  return { kind, job, round, attempt, name, ...digestOf(bytes) };
}

const keyOf = ({ kind, name, ...id }: Missing): string => `${kind}/${attemptName(id)}/${name}`;
