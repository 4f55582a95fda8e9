/** The shapes of a dataset's descriptor: as an owner gives it, and as JSON-LD. protocol.md §6.1 */
import { z } from 'zod';
import { bytes32 } from '#protocol/units.ts';
import { columnLabelSchema, columnsSchema } from './columns.ts';
import { fieldSchema } from './croissant-fields.ts';
import { creatorId, croissantProfile, recordSetId } from './croissant.ts';
import { offerSchema } from './odrl.ts';

const text = (most: number) => z.string().min(1).max(most);
const httpUrl = z.url({ protocol: /^https?$/ }).max(500);

/** What an owner says of a dataset; its policy has a check of its own. */
export const descriptorSchema = z.strictObject({
  name: text(200),
  description: text(5_000),
  license: httpUrl,
  creator: text(200),
  datePublished: z.iso.date(),
  url: httpUrl.nullable(),
  columns: columnsSchema,
  label: columnLabelSchema,
  rowsBucket: z
    .int()
    .min(1)
    .max(2 ** 40)
    .refine((n) => Number.isInteger(Math.log2(n)), 'expected a power of two'),
  rowsRoot: bytes32,
  policy: z.unknown(),
});

/** The document's shape; that its parts agree is seen by writing it again. */
export const documentSchema = z.strictObject({
  '@context': z.unknown(),
  '@type': z.literal('sc:Dataset'),
  '@id': z.string(),
  conformsTo: z.literal(croissantProfile),
  name: z.string(),
  description: z.string(),
  license: z.string(),
  url: z.string(),
  creator: z.strictObject({
    '@type': z.literal('Organization'),
    '@id': z.literal(creatorId),
    name: z.string(),
  }),
  datePublished: z.string(),
  distribution: z.tuple([z.unknown()]),
  recordSet: z.tuple([
    z.strictObject({
      '@type': z.literal('cr:RecordSet'),
      '@id': z.literal(recordSetId),
      field: z.array(fieldSchema).min(2).max(1_001),
    }),
  ]),
  usageInfo: offerSchema,
  'tributary:version': z.literal(2),
  'tributary:rowsBucket': z.number(),
  'tributary:rowsRoot': z.string(),
});
