/** Sign-in, tokens and API keys over HTTP. docs/api.md */
import type { Operations } from '#protocol/http/operations.ts';
import type { HttpParts } from './parts.ts';
import type { Handlers } from './route.ts';

type AccessOperations = Pick<
  Operations,
  'nonce' | 'signIn' | 'refresh' | 'signOut' | 'account' | 'keys' | 'createKey' | 'revokeKey'
>;

const REVOKED = { revoked: true } as const;

export const accessHandlers = ({
  access: { sessions, keys, once },
}: Pick<HttpParts, 'access'>): Handlers<AccessOperations> => ({
  nonce: () => sessions.nonce(),
  signIn: ({ body }) => sessions.signIn(body),
  refresh: ({ body }) => sessions.refresh(body.refreshToken),
  async signOut({ body }) {
    await sessions.signOut(body.refreshToken);
    return REVOKED;
  },

  account: ({ caller: { subject, credential, scopes, expiresAt, caveats } }) => ({
    ...{ subject, credential, scopes: [...scopes], expiresAt, caveats: [...caveats] },
  }),

  keys: ({ caller }) => keys.list(caller),
  async createKey({ caller, headers, body }) {
    keys.assertMayMake(caller, body);
    const asked = { subject: caller.subject, operation: 'createKey', key: headers['idempotency-key'], body };
    return once(asked, () => keys.create(caller, body));
  },
  async revokeKey({ caller, path }) {
    await keys.revoke(caller, path.key);
    return REVOKED;
  },
});
