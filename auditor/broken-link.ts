/** A block that is not what its link says, by the place of that link in the lineage. protocol.md §6.1 */
import { TributaryError } from '#crypto/error.ts';

/** Missing from the copy; there with other bytes; or whole but not a readable block. */
export type LinkCode = 'link/missing' | 'link/altered' | 'link/malformed';

export class BrokenLink extends TributaryError {
  /** As in `round 3 → modelAfter → weights → chunk 0 (bafy…)`. */
  readonly place: string;
  readonly why: string;

  constructor(code: LinkCode, place: string, why: string, options?: { cause?: unknown }) {
    super(code, `${place}: ${why}`, options);
    this.place = place;
    this.why = why;
  }
}
