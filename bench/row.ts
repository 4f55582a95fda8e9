/** What a bench gives: one row a measure, printed as a table or as one JSON object a line. */
export type Row = Readonly<{
  row: string;
  ours: number;
  unit: string;
  /** `ours` as a share of the reference's measure in the same run. */
  ratio?: number;
  /**
   * Without a `bar` it is the bar: `ours` must be at least this, or above it when `strict`; a `ratio` must be at most
   * this. With one it is what the same run measured as the least possible.
   */
  limit?: number;
  /** The most that `ratio` may be, or `ours` where there is none; the least, with `atLeast`. */
  bar?: number;
  atLeast?: boolean;
  strict?: boolean;
  /** Of what has a distribution. */
  p50?: number;
  p99?: number;
}>;

/** A bench: what it says of itself, and how it runs. */
export type Bench = Readonly<{
  summary: string;
  /** Its own options, for `--help`. */
  usage: string;
  /** @param args what follows its name on the command line; progress goes to standard error */
  run: (args: readonly string[]) => Promise<Row[]>;
}>;

export function holds({ ours, ratio, limit, bar, atLeast, strict }: Row): boolean {
  const measured = ratio ?? ours;
  if (bar !== undefined) return atLeast === true ? measured >= bar : measured <= bar;
  if (limit === undefined) return true;
  if (ratio !== undefined) return ratio <= limit;
  return strict === true ? ours > limit : ours >= limit;
}

/** A row of the table: measure, ratio, bar and verdict. */
export function line(row: Row): string {
  const { row: label, ours, ratio, limit, bar, strict, unit, p50, p99 } = row;
  const asked = bar ?? limit;
  const most = ratio !== undefined || bar !== undefined;
  const sign = most && row.atLeast !== true ? '≤' : strict === true ? '>' : '≥';
  return [
    label.padEnd(18),
    ours.toFixed(4).padStart(10),
    unit,
    ...(p50 === undefined || p99 === undefined ? [] : [`p50 ${p50.toFixed(1)}`, `p99 ${p99.toFixed(1)}`]),
    ...(bar === undefined || limit === undefined ? [] : [`limit ${limit.toFixed(4)}`]),
    ...(ratio === undefined ? [] : [`ratio ${ratio.toFixed(4)}`]),
    ...(asked === undefined ? [] : [`${sign} ${asked}`, holds(row) ? 'holds' : 'FAILS']),
  ].join('  ');
}
