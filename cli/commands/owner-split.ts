/** `tributary owner split`: a training and a held-out file, by a keyed hash of each row's number. protocol.md §6.5 */
import { guessReading } from '#datasets/inspect/guess-reading.ts';
import { splitFile } from '#datasets/split.ts';
import { result } from '../output.ts';
import { readSettings, type CommonOptions } from '../settings.ts';

type SplitOptions = CommonOptions &
  Readonly<{ data: string; fraction: number; seed: string; outTrain: string; outTest: string }>;

export async function split(options: SplitOptions): Promise<void> {
  const { data, fraction, seed, outTrain: training, outTest: test } = options;
  const { json } = readSettings(options);
  const counts = await splitFile(data, await guessReading(data), { training, test, seed, fraction });
  result(
    json,
    { event: 'split', ...counts, files: { training, test } },
    `${counts.training} rows to ${training}, ${counts.test} to ${test}\n` +
      `Next: tributary owner inspect --data ${training}`,
  );
}
