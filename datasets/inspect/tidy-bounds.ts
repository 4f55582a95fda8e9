/** Public bounds that tell less than a column's extremes, which are each some row's own. protocol.md §6.1 */
import { decimal, type Decimal } from '#protocol/units.ts';

export type TidyBounds = Readonly<{ minimum: Decimal | null; maximum: Decimal | null }>;

/** Rounds outward, off every extreme but 0, to whole steps of the power of ten below the range: 3 … 17 becomes 0 … 20. */
export function tidyBounds(minimum: number, maximum: number): TidyBounds {
  const range = maximum > minimum ? maximum - minimum : Math.max(Math.abs(maximum), 1);
  if (!Number.isFinite(range)) return { minimum: null, maximum: null };
  const exponent = Math.floor(Math.log10(range));
  const step = 10 ** exponent;
  const at = (steps: number) => Number(`${steps}e${exponent}`);
  let low = Math.floor(minimum / step);
  let high = Math.ceil(maximum / step);
  // Values that differ in their last digits only have no tidy bounds.
  if (![low, high].every((steps) => Math.abs(steps) < 2 ** 50)) return { minimum: null, maximum: null };
  // A quotient is rounded too, and may have come to lie inside.
  while (at(low) > minimum || (at(low) === minimum && low !== 0)) low -= 1;
  while (at(high) < maximum || (at(high) === maximum && high !== 0) || high === low) high += 1;
  const written = (steps: number) => decimal.safeParse(String(at(steps)).replace('e+', 'e')).data ?? null;
  return { minimum: written(low), maximum: written(high) };
}
