/** How an unknown file is read: by its name, and the delimiter that its first line has most of. */
import { csvRecords } from '../reading/csv.ts';
import { defaultReading, type Reading } from '../schema.ts';

/** @throws TributaryError `data/unreadable`, `data/bad-row` */
export async function guessReading(file: string): Promise<Reading> {
  const reading = defaultReading(file);
  if (reading.format === 'jsonl') return reading;
  const delimiters = [reading.delimiter, ',', ';', '\t', '|'] as const;
  for await (const { raw } of csvRecords(file, reading.delimiter, true)) {
    const countOf = (delimiter: string) => raw.split(delimiter).length;
    const delimiter = delimiters.reduce((best, one) => (countOf(one) > countOf(best) ? one : best));
    return { ...reading, delimiter };
  }
  return reading;
}
