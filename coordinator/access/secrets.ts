/** The secrets of tokens: one signs, those before it are believed until they retire. docs/rotation.md, docs/decisions/0033 */
import { createHmac } from 'node:crypto';
import type { Rng } from '#crypto/random.ts';
import { toSeconds, type Seconds } from '#protocol/units.ts';
import type { Log } from '../driver/log.ts';
import type { Grant } from '../store/access-rows.ts';
import type { SecretRow, SecretRows } from '../store/secret-rows.ts';
import type { Sealing } from './sealing.ts';

export type Secrets = Readonly<{
  /** The one that signs, read anew each time: another coordinator may have put it there. */
  current(): Promise<SecretRow>;
  /** What a grant's tokens are chained from. */
  rootOf(grant: Pick<Grant, 'root' | 'secret'>): Uint8Array;
  /**
   * From now on another one signs, at every coordinator of the database.
   *
   * @param keepSeconds how long what was made under those before is still believed; 0 ends it at once
   */
  rotate(keepSeconds: number): Promise<Rotated>;
}>;

export type Rotated = Readonly<{ number: number; previousRetiresAt: Seconds }>;

type SecretParts = Readonly<{ rows: SecretRows; sealing: Sealing; rng: Rng; now: () => Seconds; log: Log }>;

const SECRET_BYTES = 32;

export function tokenSecrets({ rows, sealing, rng, now, log }: SecretParts): Secrets {
  const opened = new Map<number, Uint8Array>();
  const fresh = (number: number) => sealing.seal(number, rng.bytes(SECRET_BYTES));
  const open = ({ number, sealed }: SecretRow): Uint8Array | null => {
    if (sealed === null) return null;
    const secret = opened.get(number) ?? sealing.open(number, sealed);
    opened.set(number, secret);
    return secret;
  };
  return {
    async current() {
      const found = await rows.current();
      // Where nobody ever rotated, tokens so far stand under no secret: they go on until they expire.
      return found.sealed === null ? rows.replace(found.number, fresh, null, now()) : found;
    },
    rootOf({ root, secret }) {
      const bytes = open(secret);
      return bytes === null ? root : new Uint8Array(createHmac('sha256', bytes).update(root).digest());
    },
    async rotate(keepSeconds) {
      // At once by whichever clock: those of machines differ.
      const previousRetiresAt = toSeconds(keepSeconds === 0 ? 0 : now() + keepSeconds);
      const { number } = await rows.replace(null, fresh, previousRetiresAt, now());
      log.info({ secret: number, previousRetiresAt }, 'token secrets were rotated');
      return { number, previousRetiresAt };
    },
  };
}

export const isRetired = ({ retiresAt }: SecretRow, now: Seconds): boolean =>
  retiresAt !== null && retiresAt < now;
