/**
 * Submodules of vectors over the integers modulo 2^w, in Howell form: what follows from what, with zero divisors.
 * Source: Howell 1986; Storjohann 2000, §1.4. Reference for test/secrecy only.
 */

export type Row = readonly number[];

/** The power of two in a number that is not 0. */
const valuation = (number: number): number => 31 - Math.clz32(number & -number);

/** The inverse of an odd number modulo 2^32, and so modulo any smaller power (Newton). */
function inverse(odd: number): number {
  let found = odd;
  for (let step = 0; step < 5; step++) found = Math.imul(found, 2 - Math.imul(odd, found));
  return found;
}

/** All combinations of some rows. Of those that begin with k zeros, `beginningWith(k)` are a basis. */
export class Span {
  readonly #mask: number;
  readonly #w: number;
  /** By leading column; each leading entry is a power of two. */
  readonly #rows = new Map<number, number[]>();

  /** @param w bits of a word, 1 to 16 */
  constructor(w: number, rows: Iterable<Row> = []) {
    this.#w = w;
    this.#mask = 2 ** w - 1;
    for (const row of rows) this.add(row);
  }

  add(row: Row): void {
    this.#insert(row.map((entry) => entry & this.#mask));
  }

  has(row: Row): boolean {
    const left = row.map((entry) => entry & this.#mask);
    for (let column = 0; column < left.length; column++) {
      const entry = left[column] ?? 0;
      if (entry === 0) continue;
      const base = this.#rows.get(column);
      if (!base || valuation(base[column] ?? 0) > valuation(entry)) return false;
      this.#subtract(left, base, column);
    }
    return true;
  }

  /** A basis of the combinations whose first `zeros` entries are 0, without these. */
  beginningWith(zeros: number): Row[] {
    return [...this.#rows]
      .filter(([column]) => column >= zeros)
      .sort(([a], [b]) => a - b)
      .map(([, row]) => row.slice(zeros));
  }

  #insert(row: number[]): void {
    for (let column = 0; column < row.length; column++) {
      const entry = row[column] ?? 0;
      if (entry === 0) continue;
      const base = this.#rows.get(column);
      if (base && valuation(base[column] ?? 0) <= valuation(entry)) {
        this.#subtract(row, base, column);
        continue;
      }
      const power = valuation(entry);
      const lead = this.#times(row, inverse(entry >>> power));
      this.#rows.set(column, lead);
      // A multiple that loses its leading entry still says something about the columns after it.
      if (power > 0) this.#insert(this.#times(lead, 2 ** (this.#w - power)));
      if (base) this.#insert(base);
      return;
    }
  }

  /** Clears a column whose entry the base's leading power of two divides. */
  #subtract(row: number[], base: Row, column: number): void {
    const factor = (row[column] ?? 0) >>> valuation(base[column] ?? 0);
    base.forEach((entry, at) => {
      row[at] = ((row[at] ?? 0) - Math.imul(factor, entry)) & this.#mask;
    });
  }

  #times(row: Row, factor: number): number[] {
    return row.map((entry) => Math.imul(entry, factor) & this.#mask);
  }
}
