/** Who may ask: sign-in with Ethereum, tokens, and API keys. EIP-4361, RFC 6750; docs/api.md */
import { z } from 'zod';
import {
  account as accountSchema,
  keyIdParameter,
  keyView,
  madeKey,
  refreshing,
  revoked,
  signedIn,
  signInNonce,
  tokens,
  wantedKey,
} from '../../access/wire.ts';
import type { Operation } from './operation.ts';
import { idempotency, none } from './parameters.ts';

const KIB = 1024;
const SMALL_BYTES = 4 * KIB;
/** A message, and a contract's signature (ERC-1271), which may be those of many. */
const SIGN_IN_BYTES = 64 * KIB;
/** Caveats, among them lists of datasets. */
const KEY_BYTES = 64 * KIB;

/** What all of them have in common. */
const shared = { tag: 'access', body: { kind: 'none' }, caching: 'none', deprecated: null } as const;
const plain = { path: none, query: none, headers: none } as const;
const body = <Schema extends z.ZodType>(schema: Schema, limitBytes: number, description: string) =>
  ({ kind: 'json', schema, limitBytes, description }) as const;
const json = <Schema extends z.ZodType>(schema: Schema, description: string) =>
  ({ kind: 'json', schema, description, paged: false }) as const;
const stored = ['storage/full'];

export const nonce = {
  ...shared,
  method: 'post',
  path: '/v1/auth/nonce',
  summary: 'Begin a sign-in',
  description: 'A nonce for one sign-in message, and what the message has to name beside it.',
  parameters: plain,
  answer: json(signInNonce, 'For a message of EIP-4361.'),
  problems: stored,
  sender: 'anyone',
} as const satisfies Operation;

export const signIn = {
  ...shared,
  method: 'post',
  path: '/v1/auth/token',
  summary: 'Sign in with Ethereum',
  description:
    "An EIP-4361 message with its signature, for tokens. It names this coordinator's host, URL and chain, the nonce, and among its " +
    'resources the scopes that are asked for: `urn:tributary:scope:` and the scope. A nonce is used up by the message that it signs in.',
  parameters: plain,
  body: body(signedIn, SIGN_IN_BYTES, 'Signed by a key, or as a contract by ERC-1271.'),
  answer: json(tokens, 'An access token for 15 minutes, and a refresh token.'),
  problems: ['auth/message', 'auth/nonce', 'auth/signature', 'auth/time', 'chain/unreachable', ...stored],
  sender: 'anyone',
} as const satisfies Operation;

export const refresh = {
  ...shared,
  method: 'post',
  path: '/v1/auth/refresh',
  summary: 'Refresh an access token',
  description:
    'New tokens for a refresh token, which is used up. One that was used before ends the sign-in: one of two who had it is a thief.',
  parameters: plain,
  body: body(refreshing, SMALL_BYTES, 'The refresh token.'),
  answer: json(tokens, 'Of the same sign-in, with the same scopes.'),
  problems: ['auth/refresh', ...stored],
  sender: 'anyone',
} as const satisfies Operation;

export const signOut = {
  ...shared,
  method: 'post',
  path: '/v1/auth/revoke',
  summary: 'End a sign-in',
  description:
    'With all its tokens, and all that were made of them. API keys stay. A token that is unknown is as good as ended.',
  parameters: plain,
  body: body(refreshing, SMALL_BYTES, 'A refresh token of the sign-in, used or not.'),
  answer: json(revoked, 'None of its tokens opens anything any more.'),
  problems: stored,
  sender: 'anyone',
} as const satisfies Operation;

export const account = {
  ...shared,
  method: 'get',
  path: '/v1/account',
  summary: 'Whose token this is',
  description:
    'And what it is good for, until when. The one operation that caveats on jobs, rounds and datasets leave open.',
  parameters: plain,
  answer: json(accountSchema, 'The token, as the coordinator reads it.'),
  problems: [],
  sender: { kind: 'bearer', scope: 'account:read', request: false },
} as const satisfies Operation;

export const keys = {
  ...shared,
  method: 'get',
  path: '/v1/keys',
  summary: 'Your API keys',
  description: 'Those that are neither revoked nor expired, the oldest first, without the keys themselves.',
  parameters: plain,
  answer: json(z.array(keyView), 'The keys.'),
  problems: ['auth/caveat'],
  sender: { kind: 'bearer', scope: 'keys:read', request: false },
} as const satisfies Operation;

export const createKey = {
  ...shared,
  method: 'post',
  path: '/v1/keys',
  summary: 'Make an API key',
  description:
    'By an access token that was not narrowed: a key makes no keys, but its holder can narrow it, without the coordinator.',
  parameters: { path: none, query: none, headers: idempotency },
  body: body(wantedKey, KEY_BYTES, 'What it is for.'),
  answer: json(madeKey, 'The key, this once.'),
  problems: ['auth/narrowed', 'auth/too-many-keys', 'auth/validity', ...stored],
  sender: { kind: 'bearer', scope: 'keys:write', request: false },
} as const satisfies Operation;

export const revokeKey = {
  ...shared,
  method: 'delete',
  path: '/v1/keys/{key}',
  summary: 'Revoke an API key',
  description: 'With all that were made of it. Again is answered the same.',
  parameters: {
    path: z.object({
      key: keyIdParameter.meta({ description: "The key's id.", examples: ['0f'.repeat(16)] }),
    }),
    query: none,
    headers: none,
  },
  answer: json(revoked, 'It opens nothing any more.'),
  problems: ['auth/caveat', 'auth/unknown-key', ...stored],
  sender: { kind: 'bearer', scope: 'keys:write', request: false },
} as const satisfies Operation;
