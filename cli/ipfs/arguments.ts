/** The query arguments of an RPC call; one that we would not honour is refused, not ignored. */
import { CID } from 'multiformats/cid';
import { codecOf, type Codec } from '#protocol/dag.ts';
import { wrongRequest } from './rpc-error.ts';

/** Kubo's options for every call; the first and the third count where a block may come from a peer. */
const always: Readonly<Record<string, RegExp>> = {
  timeout: /^\d+(\.\d+)?(ns|us|ms|s|m|h)$/,
  encoding: /^json$/,
  offline: /^(true|false)$/,
  'stream-channels': /^(true|false)$/,
};

export type Arguments = ReadonlyMap<string, string>;

/**
 * @param accepted what this call takes beside the options of every call
 * @throws RpcError 400 for another name, a repeated one, or a value out of range
 */
export function readArguments(query: URLSearchParams, accepted: Readonly<Record<string, RegExp>>): Arguments {
  const rules = new Map(Object.entries({ ...always, ...accepted }));
  const read = new Map<string, string>();
  for (const [name, value] of query) {
    const rule = rules.get(name);
    if (!rule) throw wrongRequest(`argument "${name}" is not supported by this node`);
    if (read.has(name)) throw wrongRequest(`argument "${name}" is given twice`);
    if (!rule.test(value))
      throw wrongRequest(`argument "${name}" can not be "${value.slice(0, 100)}" on this node`);
    read.set(name, value);
  }
  return read;
}

/** The block that a call is about. @throws RpcError 400 */
export function cidArgument(given: Arguments): CID {
  const text = given.get('arg');
  if (text === undefined) throw wrongRequest('argument "arg" is required');
  try {
    const cid = CID.parse(text.replace(/^\/ip(fs|ld)\//, ''));
    codecOf(cid);
    return cid;
  } catch {
    throw wrongRequest(
      `invalid CID "${text.slice(0, 100)}": this node keeps CIDv1, raw or dag-cbor, sha2-256`,
    );
  }
}

/** Kubo's default is raw; `format` is its older name, and `cbor` that name's word for dag-cbor. */
export function codecArgument(given: Arguments): Codec {
  const [codec, format] = [given.get('cid-codec'), given.get('format')];
  if (codec !== undefined && format !== undefined)
    throw wrongRequest('give "cid-codec" or "format", not both');
  return (codec ?? format ?? 'raw') === 'raw' ? 'raw' : 'dag-cbor';
}

const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};
/** The longest that a timer of Node runs. */
const longestMs = 2 ** 31 - 1;

/** How long the caller waits, in milliseconds, or null if it does not say. */
export function timeoutArgument(given: Arguments): number | null {
  const [, amount, unit] = /^([\d.]+)(\D+)$/.exec(given.get('timeout') ?? '') ?? [];
  if (amount === undefined || unit === undefined) return null;
  return Math.min(Math.ceil(Number(amount) * (unitMs[unit] ?? 1)), longestMs);
}
