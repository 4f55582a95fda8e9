/** Kubo's error answers: `{ Message, Code, Type }`. Source: https://docs.ipfs.tech/reference/kubo/rpc/ */
import type { CID } from 'multiformats/cid';

/** An answer other than 200. Kubo's code is 1 for a wrong request and 0 for a failure. */
export class RpcError extends Error {
  override readonly name = 'RpcError';
  readonly status: number;
  readonly code: 0 | 1;

  constructor(status: number, code: 0 | 1, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.status = status;
    this.code = code;
  }
}

export const wrongRequest = (message: string): RpcError => new RpcError(400, 1, message);

/** In Kubo's words, which clients look for. */
export const missingBlock = (cid: CID): RpcError =>
  new RpcError(500, 0, `block was not found locally (offline): ipld: could not find ${cid.toString()}`);

/** What peers did not give; in Kubo's words too. */
export const unfetchedBlock = (cid: CID, why: string): RpcError =>
  new RpcError(500, 0, `ipld: could not find ${cid.toString()}: ${why}`);
