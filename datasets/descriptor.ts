/**
 * What an owner publishes of a dataset: JSON-LD after MLCommons Croissant 1.1, with its policy as an ODRL offer.
 * protocol.md §6.1
 * It commits to the rows by a salted Merkle root and tells their number as a bucket: no row, no file's hash (which
 * anyone with a guess of the file could check) and no exact count is in it.
 */
import type { z } from 'zod';
import { TributaryError } from '#crypto/error.ts';
import type { Bytes32 } from '#protocol/units.ts';
import { repeatedName, type Column, type ColumnLabel } from './columns.ts';
import { fieldOf, labelFieldOf, type Said } from './croissant-fields.ts';
import { context, creatorId, croissantProfile, fileId, recordSetId } from './croissant.ts';
import { descriptorSchema, documentSchema } from './descriptor-schema.ts';
import { fromOffer, toOffer } from './odrl.ts';
import { makePolicy, type Policy } from './policy.ts';

export type Descriptor = Readonly<{
  name: string;
  description: string;
  /** A licence's URL, best one of https://spdx.org/licenses/. */
  license: string;
  creator: string;
  /** As 2026-11-24. */
  datePublished: string;
  /** A page about the dataset, or null. */
  url: string | null;
  /** In the order in which the rows are committed to; a recipe takes those that it names. */
  columns: readonly Column[];
  label: ColumnLabel;
  /** The largest power of two that is not above the number of rows. */
  rowsBucket: number;
  /** The salted Merkle root over the rows. */
  rowsRoot: Bytes32;
  policy: Policy;
}>;

/** Room for a thousand columns; a vocabulary of that many words each would not fit, nor be read by anyone. */
export const maximumDescriptorBytes = 512 * 1024;

/**
 * The descriptor's bytes: the same dataset has the same.
 *
 * @throws TributaryError `descriptor/invalid` naming the field, `descriptor/too-big`, `policy/invalid`
 */
export function describeDataset(dataset: Descriptor): Uint8Array {
  const checked = checkFields(dataset);
  const iri = datasetIri(checked.rowsRoot);
  const bytes = new TextEncoder().encode(
    JSON.stringify({
      '@context': context,
      '@type': 'sc:Dataset',
      '@id': iri,
      conformsTo: croissantProfile,
      name: checked.name,
      description: checked.description,
      license: checked.license,
      url: checked.url ?? iri,
      creator: { '@type': 'Organization', '@id': creatorId, name: checked.creator },
      datePublished: checked.datePublished,
      distribution: [
        {
          '@type': 'cr:FileObject',
          '@id': fileId,
          name: fileId,
          description: 'Stays with its owner.',
          contentUrl: `${iri}:${fileId}`,
          encodingFormat: 'text/csv',
        },
      ],
      recordSet: [
        {
          '@type': 'cr:RecordSet',
          '@id': recordSetId,
          field: [...checked.columns.map(fieldOf), labelFieldOf(checked.label)],
        },
      ],
      usageInfo: toOffer(checked.policy, iri, creatorId),
      'tributary:version': 2,
      'tributary:rowsBucket': checked.rowsBucket,
      'tributary:rowsRoot': checked.rowsRoot,
    }),
  );
  assertSize(bytes);
  return bytes;
}

/**
 * Reads a descriptor that anyone may have written.
 *
 * @throws TributaryError `descriptor/too-big`, `descriptor/not-json`, `descriptor/invalid` naming the path,
 *   `descriptor/not-canonical` if it is not, byte for byte, how its content is written here: a repeated key or
 *   a field with another meaning can then not say one thing to a person and another to a program
 */
export function parseDescriptor(bytes: Uint8Array): Descriptor {
  assertSize(bytes);
  const parsed = documentSchema.safeParse(parseJson(bytes));
  if (!parsed.success) throw invalid(parsed.error);
  const document = parsed.data;
  const dataset = checkFields({
    name: document.name,
    description: document.description,
    license: document.license,
    creator: document.creator.name,
    datePublished: document.datePublished,
    url: document.url === document['@id'] ? null : document.url,
    ...columnsFrom(document.recordSet[0].field),
    rowsBucket: document['tributary:rowsBucket'],
    rowsRoot: document['tributary:rowsRoot'] as Bytes32,
    policy: fromOffer(document.usageInfo),
  });
  if (Buffer.compare(describeDataset(dataset), bytes) !== 0) {
    throw new TributaryError(
      'descriptor/not-canonical',
      'this descriptor differs from how its content is written: have its owner publish it again with Tributary',
    );
  }
  return dataset;
}

/** The IRI of a dataset is that of its commitment: it needs no server. */
const datasetIri = (root: Bytes32): string => `urn:tributary:v1:dataset:${root.slice(2)}`;

function checkFields(dataset: Descriptor): Descriptor {
  const parsed = descriptorSchema.safeParse(dataset);
  if (!parsed.success) throw invalid(parsed.error);
  const repeated = repeatedName(parsed.data);
  if (repeated !== undefined) {
    throw new TributaryError('descriptor/invalid', `columns: the column ${repeated} is named twice`);
  }
  return { ...parsed.data, policy: makePolicy(dataset.policy) };
}

/** The label stands last, and nowhere else. */
function columnsFrom(said: readonly Said[]): Pick<Descriptor, 'columns' | 'label'> {
  const last = said.at(-1);
  const columns = said.slice(0, -1).flatMap((one) => ('column' in one ? [one.column] : []));
  if (!last || !('label' in last) || columns.length !== said.length - 1) {
    throw new TributaryError(
      'descriptor/invalid',
      'recordSet.0.field: expected one label, as the last field',
    );
  }
  return { columns, label: last.label };
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new TributaryError(
      'descriptor/not-json',
      'a descriptor is JSON-LD, and this is not JSON: check its CID',
      {
        cause,
      },
    );
  }
}

function assertSize(bytes: Uint8Array): void {
  if (bytes.length <= maximumDescriptorBytes) return;
  throw new TributaryError(
    'descriptor/too-big',
    `a descriptor has at most ${maximumDescriptorBytes} bytes, this one ${bytes.length}: shorten its description or lists`,
  );
}

function invalid(error: z.ZodError): TributaryError {
  const issue = error.issues[0];
  return new TributaryError(
    'descriptor/invalid',
    `${issue?.path.join('.') || 'the document'}: ${issue?.message ?? 'not a descriptor'}`,
  );
}
