/** Pages of a list, by the Link header. RFC 8288; docs/api.md */
import { TributaryError } from '#crypto/error.ts';
import type { JobView } from '../attempt-view.ts';

/** A page, and after which job the next one begins; null at the end. */
export type JobPage = Readonly<{ jobs: JobView[]; next: number | null }>;

const NEXT = /^<[^>]*[?&]after=(\d{1,15})(&[^>]*)?>; rel="next"$/;

/**
 * After which entry the next page begins, as the answer to a page says.
 *
 * @throws TributaryError `coordinator/bad-answer` where it does not lead on: following it would never end
 */
export function nextOf(headers: Headers, after: number, base: string): number | null {
  const links = headers.get('link')?.split(', ') ?? [];
  const next = links.map((link) => NEXT.exec(link)?.[1]).find((found) => found !== undefined);
  if (next === undefined) return null;
  if (Number(next) > after) return Number(next);
  throw new TributaryError(
    'coordinator/bad-answer',
    `${new URL(base).origin} names a next page that is no later one`,
  );
}
