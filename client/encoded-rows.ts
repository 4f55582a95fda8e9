/** An owner's rows as its jobs want them: encoded once a recipe, for as long as a job uses it. protocol.md §6.5 */
import { encodeRows, type EncodeOptions } from '#datasets/encode.ts';
import type { HeldRows } from '#datasets/encoding/row-store.ts';
import type { RowSource } from '#datasets/row-source.ts';
import type { Job } from '#model/job.ts';
import { schemaFor, type Holdings, type OwnFile } from './holdings.ts';

type Wanted = Pick<Job, 'recipe' | 'digests' | 'id'>;

export type EncodedRows = Readonly<{
  /** @throws TributaryError `data/…` as `encodeRows`, `data/other-rows` where the file changed since registration */
  for(job: Wanted): Promise<RowSource>;
  /** A job is over: rows that no other one uses are closed. */
  release(job: number): void;
}>;

type Encoding = Readonly<{ rows: Promise<HeldRows>; jobs: Set<number> }>;

export function encodedRows(
  file: OwnFile,
  { descriptor }: Pick<Holdings, 'descriptor'>,
  options: Pick<EncodeOptions, 'folder' | 'memoryLimit'>,
): EncodedRows {
  const byRecipe = new Map<string, Encoding>();
  const committed = { root: descriptor.rowsRoot, salt: file.salt };
  const drop = (recipe: string, { rows }: Encoding) => {
    if (byRecipe.get(recipe)?.rows === rows) byRecipe.delete(recipe);
    rows.then(
      (held) => held.close(),
      // Whoever asked for them was told.
      () => undefined,
    );
  };
  return {
    for({ recipe, digests, id }) {
      let encoding = byRecipe.get(digests.recipe);
      if (!encoding) {
        const rows = encodeRows(file.path, schemaFor(file, descriptor), recipe, { ...options, committed });
        const made: Encoding = { rows, jobs: new Set() };
        byRecipe.set(digests.recipe, made);
        // A file that was mended is read again.
        rows.catch(() => drop(digests.recipe, made));
        encoding = made;
      }
      encoding.jobs.add(id.job);
      return encoding.rows;
    },
    release(job) {
      for (const [recipe, encoding] of byRecipe) {
        if (encoding.jobs.delete(job) && encoding.jobs.size === 0) drop(recipe, encoding);
      }
    },
  };
}
