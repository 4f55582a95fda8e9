/** Ours and its limit in turn, so that a busy machine slows both alike; the medians count. */
import { median } from '../median.ts';
import type { Row } from '../row.ts';

export type Comparison = Readonly<{
  row: string;
  /** What is measured; may fail at a wrong result. */
  ours: () => Promise<void> | void;
  limit: () => void;
  /** How often either is measured. */
  times: number;
  /** Runs that don't count. */
  warmUp: number;
  /** The most that ours may be, as a multiple of the limit. */
  bar: number;
}>;

export async function compare({ row, ours, limit, times, warmUp, bar }: Comparison): Promise<Row> {
  const measured = { ours: [] as number[], limit: [] as number[] };
  for (let turn = -warmUp; turn < times; turn++) {
    const start = performance.now();
    limit();
    const between = performance.now();
    await ours();
    const end = performance.now();
    if (turn < 0) continue;
    measured.limit.push(between - start);
    measured.ours.push(end - between);
  }
  const [mine, least] = [median(measured.ours), median(measured.limit)];
  return { row, ours: mine, limit: least, ratio: mine / least, unit: 'ms', bar };
}
