/** Backups that are not what was taken: each is refused, by the code that says why. */
import { createHash } from 'node:crypto';
import { appendFile, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { codeOf } from '../code-of.ts';

type Spoiling = Readonly<{
  copied(name: string): Promise<string>;
  verify(folder: string): Promise<unknown>;
}>;

/** Rows and manifest with a digest that fits: whoever spoils a backup may know how it is made. */
async function rewrite(folder: string, table: string, change: (text: string) => string): Promise<void> {
  const path = join(folder, 'tables', `${table}.jsonl`);
  const text = change(await readFile(path, 'utf8'));
  await writeFile(path, text);
  const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as {
    tables: { table: string; bytes: number; sha256: string; rows: number }[];
  };
  const entry = manifest.tables.find((one) => one.table === table)!;
  Object.assign(entry, { bytes: Buffer.byteLength(text), sha256: hash(text) });
  await rewriteManifest(folder, JSON.stringify(manifest));
}

async function rewriteManifest(folder: string, text: string): Promise<void> {
  await writeFile(join(folder, 'manifest.json'), text);
  await writeFile(join(folder, 'manifest.sha256'), `${hash(text)}  manifest.json\n`);
}

export function spoiled(slow: boolean, of: () => Spoiling): void {
  const damages: Record<string, readonly [code: string, spoil: (folder: string) => Promise<unknown>]> = {
    'has another byte in a blob': [
      'backup/damaged',
      async (at) => appendFile(await firstFile(join(at, 'evidence')), 'x'),
    ],
    'lacks a blob': ['backup/damaged', async (at) => rm(await firstFile(join(at, 'inputs')))],
    'has another manifest': ['backup/damaged', (at) => appendFile(join(at, 'manifest.json'), ' ')],
    'has another byte in a table': [
      'backup/damaged',
      (at) => appendFile(join(at, 'tables', 'jobs.jsonl'), '\n'),
    ],
    'lacks a table': ['backup/damaged', (at) => rm(join(at, 'tables', 'jobs.jsonl'))],
    'is another folder': ['backup/not-one', (at) => rm(join(at, 'manifest.json'))],
    'is of a later version': ['backup/newer', (at) => rewriteStep(at, 1_000)],
    'has a row that no table takes': [
      'backup/damaged',
      (at) => rewrite(at, 'jobs', (text) => text.replace('"active"', '"asleep"')),
    ],
    'has a row of an attempt that is none': [
      'backup/damaged',
      (at) => rewrite(at, 'entries', (text) => text.replace('"0x', '"1x')),
    ],
    'has a field that no column takes': [
      'backup/damaged',
      (at) => rewrite(at, 'jobs', (text) => text.replace('{', '{"more":1,')),
    ],
    'has an input by another signature': [
      'backup/damaged',
      (at) => rewrite(at, 'entries', (text) => text.replace(/"inputRoot": ?"0x../, '"inputRoot": "0x00')),
    ],
    'has an input that nobody signed': ['backup/damaged', rewriteInput],
    'points at other evidence': [
      'backup/damaged',
      (at) => rewrite(at, 'attempts', (text) => text.replace(/"evidence": ?"0x../, '"evidence": "0x00')),
    ],
  };
  // Those from this one on are put into a database before they are found out.
  const cheap = Object.keys(damages).indexOf('has a row that no table takes');
  for (const [what, [code, spoil]] of Object.entries(damages).slice(0, slow ? undefined : cheap)) {
    it(`is refused where it ${what}`, async function () {
      this.timeout(60_000);
      const { copied, verify } = of();
      const copy = await copied(`spoiled ${what}`);
      await spoil(copy);
      expect(await codeOf(verify(copy))).to.equal(code);
    });
  }
}

async function rewriteStep(folder: string, step: number): Promise<void> {
  const text = (await readFile(join(folder, 'manifest.json'), 'utf8')).replace(
    /"step": \d+/,
    `"step": ${step}`,
  );
  await rewriteManifest(folder, text);
}

async function firstFile(folder: string): Promise<string> {
  const found = (await readdir(folder, { recursive: true, withFileTypes: true })).find((entry) =>
    entry.isFile(),
  )!;
  return join(found.parentPath, found.name);
}

const hash = (of: string | Uint8Array): string => createHash('sha256').update(of).digest('hex');

/** Another bit of an input, in the list and the manifest too. */
async function rewriteInput(folder: string): Promise<void> {
  const path = await firstFile(join(folder, 'inputs'));
  const bytes = await readFile(path);
  const before = hash(bytes);
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  await writeFile(path, bytes);
  const list = (await readFile(join(folder, 'blobs.jsonl'), 'utf8')).replace(before, hash(bytes));
  await writeFile(join(folder, 'blobs.jsonl'), list);
  const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as {
    blobs: { list: object };
  };
  manifest.blobs.list = { bytes: Buffer.byteLength(list), sha256: hash(list) };
  await rewriteManifest(folder, JSON.stringify(manifest));
}
