/** What a failed call to an IPFS node means, by the shapes of Kubo's errors. protocol.md §6.1 */
import type { CID } from 'multiformats/cid';
import { TributaryError } from '#crypto/error.ts';

/** What the node was asked: "store bafy…", and the block it may lack; its URL as it may be said. */
export type Asked = Readonly<{ url: string; doing: string; cid?: CID }>;

const notFound = /could not find|was not found|not found/i;
const noSpace = /ENOSPC|no space left|quota exceeded/i;
/** Kubo's own word, and ipfs-http-client's for it, when the node's time to look for a block was up. */
const gaveUp = /context deadline exceeded|request timed out/i;

/** The coded error for what ipfs-http-client threw. */
export function ipfsFailure({ url, doing, cid }: Asked, cause: unknown): TributaryError {
  const name = cause instanceof Error ? cause.name : '';
  const message = cause instanceof Error ? cause.message : String(cause);
  const answered = name === 'HTTPError' || name === 'TimeoutError';
  const missing = cid !== undefined && answered && (notFound.test(message) || gaveUp.test(message));
  if (missing) {
    return new TributaryError(
      'ipfs/not-found',
      `the IPFS node at ${url} has not got ${cid.toString()}, or something it links to (${message}): ` +
        'import it from a CAR, or use the node that stored it',
      { cause },
    );
  }
  if (answered && noSpace.test(message)) {
    return new TributaryError(
      'ipfs/no-space',
      `the IPFS node at ${url} has no space left to ${doing}: free some, then try again`,
      { cause },
    );
  }
  if (name === 'HTTPError') {
    return new TributaryError('ipfs/refused', `the IPFS node at ${url} would not ${doing}: ${message}`, {
      cause,
    });
  }
  return new TributaryError(
    'ipfs/unreachable',
    `the IPFS node at ${url} did not ${doing} (${reasonOf(cause)}): start it with "tributary ipfs start", or correct its URL`,
    { cause },
  );
}

/** fetch hides the reason, as ECONNREFUSED, in the cause of its "fetch failed". */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message || error.cause.name : error.message || error.name;
}
