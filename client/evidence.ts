/** An attempt's evidence, block by block from the coordinator, each hashed again. protocol.md §6.4 */
import type { CID } from 'multiformats/cid';
import { TributaryError } from '#crypto/error.ts';
import type { BlockSource } from '#datasets/blockstore.ts';
import { isBlockOf } from '#protocol/dag.ts';
import { toSeconds } from '#protocol/units.ts';
import { sign, type Attempt } from './attempt.ts';

/** A request is good for this many seconds. */
const requestSeconds = 300;

/**
 * @returns a source whose `get` throws `evidence/unreachable` where the coordinator gives no answer or refuses, and
 *   `evidence/altered` where it gives other bytes
 */
export function evidenceFrom(attempt: Attempt): BlockSource {
  const { api, id, operator, now } = attempt;
  return {
    async get(cid: CID) {
      const message = { ...id, requester: operator, deadline: toSeconds(now() + requestSeconds) };
      const bytes = await ask(() => api.evidenceBlock(id, cid, sign(attempt, 'EvidenceRequest', message)));
      if (isBlockOf(cid, bytes)) return bytes;
      throw new TributaryError('evidence/altered', `the coordinator gave other bytes than ${cid.toString()}`);
    },
  };
}

/** Evidence that doesn't come is waited for; only evidence that is wrong is a reason to refuse. */
async function ask(request: () => Promise<Uint8Array>): Promise<Uint8Array> {
  try {
    return await request();
  } catch (cause) {
    if (!(cause instanceof TributaryError)) throw cause;
    throw new TributaryError('evidence/unreachable', `no evidence from the coordinator: ${cause.message}`, {
      cause,
    });
  }
}
