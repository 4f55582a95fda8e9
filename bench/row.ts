/** What a bench gives: one row a measure, printed as a table or as one JSON object a line. */
export type Row = Readonly<{
  row: string;
  ours: number;
  /** The bar: `ours` must be at least this, or above it when `strict`. */
  limit: number;
  strict: boolean;
  unit: string;
}>;

/** A bench: what it is called, what it says of itself, and how it runs. */
export type Bench = Readonly<{
  name: string;
  summary: string;
  /** Its own options, for `--help`. */
  usage: string;
  /** @param args what follows its name on the command line; progress goes to standard error */
  run: (args: readonly string[]) => Promise<Row[]>;
}>;

export const holds = ({ ours, limit, strict }: Row): boolean => (strict ? ours > limit : ours >= limit);
