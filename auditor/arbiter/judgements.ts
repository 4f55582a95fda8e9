/** The arbiter's own record of why it judged as it did: for people. What it may still do is asked of the chain. */
import { mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { TributaryError } from '#crypto/error.ts';
import { bytes32 } from '#protocol/units.ts';

const judgementSchema = z.strictObject({
  version: z.literal(1),
  head: bytes32,
  job: z.int().min(1),
  round: z.int().min(1),
  stands: z.boolean(),
  why: z.string(),
  /** Chain time in seconds. */
  at: z.int().min(0),
});

export type Judgement = Readonly<z.infer<typeof judgementSchema>>;

/**
 * Written before the judgement is sent; a second look at the same posting takes its place.
 *
 * @returns why it could not be written: no reason not to judge
 */
export function recordJudgement(folder: string, judgement: Judgement): TributaryError | null {
  const file = join(folder, `${judgement.head}.json`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(`${file}.partial`, `${JSON.stringify(judgement, null, 2)}\n`, { mode: 0o600 });
    renameSync(`${file}.partial`, file);
    return null;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    return new TributaryError('storage/unwritable', `${file} can not be written: ${why}`, { cause });
  }
}

/** By head; a file that is none is left out. */
export function readJudgements(folder: string): ReadonlyMap<string, Judgement> {
  const found = new Map<string, Judgement>();
  for (const name of namesIn(folder)) {
    const parsed = judgementSchema.safeParse(parseJson(join(folder, name)));
    if (parsed.success) found.set(parsed.data.head, parsed.data);
  }
  return found;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json'));
  } catch {
    return []; // it has judged nothing yet
  }
}

function parseJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}
