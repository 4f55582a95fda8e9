/** A backup: a folder with the rows of every table, the blobs that they point at, and a manifest with the digest of each. docs/operations.md */
import { z } from 'zod';
import { attemptId } from '#protocol/messages.ts';
import { phases } from '#protocol/attempt-view.ts';
import { address, seconds, words } from '#protocol/units.ts';

export const MANIFEST = 'manifest.json';
/** The manifest's own digest. */
export const MANIFEST_DIGEST = 'manifest.sha256';
export const BLOB_LIST = 'blobs.jsonl';
export const tableFile = (table: string): string => `tables/${table}.jsonl`;

const count = z.int().min(0);
const file = z.strictObject({
  bytes: count,
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'expected a SHA-256 as hex'),
});
const attempt = z.strictObject(attemptId);
/** What a table, and a blob, may be called: neither leads out of its folder, nor out of its quotes. */
const tableName = z.string().regex(/^[a-z][a-z0-9_]{0,62}$/, 'expected the name of a table');
const blobName = z.string().regex(/^[0-9A-Za-z-]{1,200}$/, 'expected the name of a blob');

export const kinds = ['inputs', 'evidence'] as const;
export type Kind = (typeof kinds)[number];

/** One line of the list of blobs. */
export const blobLine = file.extend({ kind: z.enum(kinds), ...attemptId, name: blobName });
export type BlobLine = Readonly<z.infer<typeof blobLine>>;

export const manifest = z.strictObject({
  kind: z.literal('tributary/backup'),
  version: z.literal(1),
  program: words.describe('The version that took it.'),
  takenAt: seconds,
  engine: z.enum(['embedded', 'postgresql']),
  step: z.int().min(1).describe('Migrations that the rows have behind them.'),
  owner: z.strictObject({ chainId: z.int().min(1), escrow: address, coordinator: address }),
  /** Each after those whose rows it refers to. One JSON object a line. */
  tables: z.array(file.extend({ table: tableName, rows: count })).max(1_000),
  /** `bytes` of the blobs themselves. */
  blobs: z.strictObject({ count, bytes: count, list: file }),
  /** Whose evidence was deleted when its time was over. */
  expired: z.array(attempt),
  /** Pointed at by rows, and not to be had when it was taken. */
  missing: z.array(z.strictObject({ kind: z.enum(kinds), ...attemptId, name: blobName })),
  underWay: z.array(z.strictObject({ ...attemptId, phase: z.enum(phases) })),
});
export type Manifest = Readonly<z.infer<typeof manifest>>;
