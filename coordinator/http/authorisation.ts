/** Who asks, by `Authorization`, before anything else of a request is read. RFC 9110 §11, RFC 6750 §3 */
import type { Request, Response } from 'express';
import { TributaryError } from '#crypto/error.ts';
import type { Operation } from '#protocol/http/operations/operation.ts';
import type { Authorise, Caller } from '../access/authorise.ts';

/** Of a caller's token, or of what stands in its place; null where nobody has to say who asks. */
export type CallerOf<O extends Operation> =
  O['sender'] extends Readonly<{ kind: 'bearer'; request: infer R }>
    ? R extends true
      ? Caller | null
      : Caller
    : null;

const REALM = 'realm="tributary"';

/**
 * @param response told, where it is a refusal, how one would be believed
 * @returns null where the operation asks for no token, or takes the signed request that came in its place
 * @throws TributaryError `auth/…`
 */
export async function callerOf(
  { sender }: Operation,
  authorise: Authorise,
  request: Request,
  response: Response,
): Promise<Caller | null> {
  if (typeof sender === 'string') return null;
  const { scheme, token } = credentialsIn(request);
  if (sender.request && scheme === 'tributary') return null;
  const challenge = (error: string) =>
    response.set('www-authenticate', [`Bearer ${REALM}${error}`, ...(sender.request ? ['Tributary'] : [])]);
  if (scheme !== 'bearer') {
    challenge('');
    const schemes = sender.request ? '"Bearer …" or "Tributary …"' : '"Bearer …"';
    throw new TributaryError('auth/missing', `say who asks: authorization: ${schemes}`);
  }
  try {
    return await authorise(token, sender.scope);
  } catch (error) {
    if (error instanceof TributaryError && error.code === 'auth/scope')
      challenge(`, error="insufficient_scope", scope="${sender.scope}"`);
    else if (error instanceof TributaryError && error.code.startsWith('auth/'))
      challenge(', error="invalid_token"');
    throw error;
  }
}

/** A scheme is written in either case: RFC 9110 §11.1. */
function credentialsIn(request: Request): Readonly<{ scheme: string; token: string }> {
  const [scheme = '', token = ''] = (request.get('authorization') ?? '').split(' ', 2);
  return { scheme: scheme.toLowerCase(), token };
}
