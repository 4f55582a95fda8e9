/** A backup's manifest and list of blobs, held against their digests and schemas. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { TributaryError } from '#crypto/error.ts';
import { isCode } from '../store/files.ts';
import { knownSteps } from '../store/migrations.ts';
import {
  BLOB_LIST,
  blobLine,
  manifest,
  MANIFEST,
  MANIFEST_DIGEST,
  type BlobLine,
  type Manifest,
} from './format.ts';
import { assertDigest, damaged, digestOf, linesOf } from './hashed-file.ts';

/** @throws TributaryError `backup/not-one`, `backup/damaged`, `backup/newer` */
export async function readManifest(folder: string): Promise<Manifest> {
  const bytes = await textOf(folder, MANIFEST);
  const said = (await textOf(folder, MANIFEST_DIGEST)).toString('utf8');
  if (said !== `${digestOf(bytes).sha256}  ${MANIFEST}\n`)
    throw damaged(`${MANIFEST} is not what ${MANIFEST_DIGEST} says of it`);
  const value = parsedJson(bytes.toString('utf8'), MANIFEST);
  assertKnown(value);
  return matching(manifest, value, MANIFEST);
}

const versions = z.object({ version: z.number(), step: z.number() });

/** Before all else: what a later version wrote says nothing to this one's schemas. */
function assertKnown(value: unknown): void {
  const { data } = versions.safeParse(value);
  if (!data || (data.version <= 1 && data.step <= knownSteps)) return;
  throw new TributaryError(
    'backup/newer',
    `the backup was taken by a later version (format ${data.version}, step ${data.step}; this one knows 1 and ${knownSteps}): update the program`,
  );
}

/** @throws in what it gives, TributaryError `backup/damaged` */
export async function* readBlobList(folder: string): AsyncGenerator<BlobLine, void, undefined> {
  for await (const line of linesOf(join(folder, BLOB_LIST)))
    yield matching(blobLine, parsedJson(line, BLOB_LIST), BLOB_LIST);
}

/** That each file is what the manifest says; of blobs, that all are there. */
export async function assertFiles(
  folder: string,
  { tables, blobs }: Pick<Manifest, 'tables' | 'blobs'>,
  tableFile: (table: string) => string,
): Promise<void> {
  for (const { table, bytes, sha256 } of tables)
    await assertDigest(join(folder, tableFile(table)), { bytes, sha256 });
  await assertDigest(join(folder, BLOB_LIST), blobs.list);
}

export function matching<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  what: string,
): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw damaged(`${what} is not as it should be: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
}

function parsedJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw damaged(`${what} is no JSON`, cause);
  }
}

async function textOf(folder: string, name: string): Promise<Buffer> {
  try {
    return await readFile(join(folder, name));
  } catch (cause) {
    if (!isCode(cause, 'ENOENT') && !isCode(cause, 'ENOTDIR')) throw cause;
    throw new TributaryError('backup/not-one', `${folder} is no backup: it has no ${name}`, { cause });
  }
}
