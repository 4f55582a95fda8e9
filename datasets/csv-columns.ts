/** The columns that a CSV's header names: what an owner registers. RFC 4180 */
import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';
import { TributaryError } from '#crypto/error.ts';

/** @throws TributaryError `data/unreadable`, `data/empty` */
export async function csvColumns(file: string): Promise<string[]> {
  const input = createReadStream(file);
  const parser = input.pipe(parse({ bom: true, to: 1, trim: true, relax_column_count: true }));
  input.on('error', (error) => parser.destroy(error));
  try {
    for await (const header of parser as AsyncIterable<string[]>) return header;
  } catch (cause) {
    // csv-parse puts the record into its own errors; a header is not private, but a file without one is all rows.
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    throw new TributaryError(
      'data/unreadable',
      `${file} can not be read (${code}): check its path and permissions`,
    );
  } finally {
    input.destroy();
  }
  throw new TributaryError('data/empty', `${file} is empty: its first line must name the columns`);
}
