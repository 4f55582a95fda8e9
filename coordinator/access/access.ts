/** All of who may ask, on one database. docs/api.md */
import type { Provider } from 'ethers';
import { systemRng, type Rng } from '#crypto/random.ts';
import { accountSigned } from '../account-signature.ts';
import type { Clock } from '../driver/clock.ts';
import { openAccessRows } from '../store/access-rows.ts';
import type { Database } from '../store/database.ts';
import { authoriser, type Authorise } from './authorise.ts';
import { apiKeys, type Keys } from './keys.ts';
import { onceOnly, type Once } from './repeated.ts';
import { sessions, type Sessions } from './sessions.ts';

export type Access = Readonly<{ sessions: Sessions; keys: Keys; authorise: Authorise; once: Once }>;

export type AccessParts = Readonly<{
  database: Pick<Database, 'commit' | 'query'>;
  /** Asked about the signatures of contracts. */
  provider: Pick<Provider, 'call'>;
  /** Where this coordinator is reached, known once it listens. */
  url: () => string;
  chainId: number;
  clock: Clock;
  rng?: Rng;
}>;

export function openAccess(parts: AccessParts): Access {
  const { database, provider, url, chainId, clock, rng = systemRng() } = parts;
  const rows = openAccessRows(database);
  const now = () => clock.now();
  const signed = accountSigned(provider, 'the check of the sign-in');
  return {
    sessions: sessions({ rows, here: () => ({ url: url(), chainId }), signed, rng, now }),
    keys: apiKeys(rows, rng, now),
    authorise: authoriser(rows, now),
    once: onceOnly(database, now),
  };
}
