/** All of who may ask, on one database. docs/api.md */
import type { Provider } from 'ethers';
import { systemRng, type Rng } from '#crypto/random.ts';
import { accountSigned } from '../account-signature.ts';
import type { Clock } from '../driver/clock.ts';
import type { Log } from '../driver/log.ts';
import { openAccessRows } from '../store/access-rows.ts';
import type { Database } from '../store/database.ts';
import { openSecretRows } from '../store/secret-rows.ts';
import { authoriser, type Authorise } from './authorise.ts';
import { apiKeys, type Keys } from './keys.ts';
import { onceOnly, type Once } from './repeated.ts';
import type { Sealing } from './sealing.ts';
import { tokenSecrets, type Secrets } from './secrets.ts';
import { sessions, type Sessions } from './sessions.ts';

export type Access = Readonly<{
  sessions: Sessions;
  keys: Keys;
  authorise: Authorise;
  once: Once;
  secrets: Secrets;
}>;

export type AccessParts = Readonly<{
  database: Pick<Database, 'commit' | 'query'>;
  /** Asked about the signatures of contracts. */
  provider: Pick<Provider, 'call'>;
  /** Where this coordinator is reached, known once it listens. */
  url: () => string;
  chainId: number;
  clock: Clock;
  log: Log;
  /** Of the account whose coordinator this is. */
  sealing: Sealing;
  rng?: Rng;
}>;

export function openAccess(parts: AccessParts): Access {
  const { database, provider, url, chainId, clock, log, sealing, rng = systemRng() } = parts;
  const rows = openAccessRows(database);
  const now = () => clock.now();
  const secrets = tokenSecrets({ rows: openSecretRows(database), sealing, rng, now, log });
  const signed = accountSigned(provider, 'the check of the sign-in');
  return {
    sessions: sessions({ rows, secrets, here: () => ({ url: url(), chainId }), signed, rng, now }),
    keys: apiKeys(rows, secrets, rng, now),
    authorise: authoriser(rows, secrets, now),
    once: onceOnly(database, sealing, now),
    secrets,
  };
}
