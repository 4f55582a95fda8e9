/** Signers that were recovered before their messages are judged, kept with the messages: the judgement needs neither digest nor recovery. */
import type { Signed } from './messages.ts';
import type { Domain, PrimaryType } from './typed-data.ts';
import type { Address } from './units.ts';

type Kept = Readonly<{ domain: Domain; type: PrimaryType; signature: string; signer: Address | null }>;

const kept = new WeakMap<object, Kept>();

/**
 * Keeps whose message this is; it can't be changed any more. Messages have no parts that could be.
 *
 * @param signer as `recoverTyped` gave it, in another thread; null: nobody's
 */
export function keepSigner(
  domain: Domain,
  type: PrimaryType,
  { message, signature }: Signed<object>,
  signer: Address | null,
): void {
  kept.set(Object.freeze(message), { domain, type, signature, signer });
}

/** @returns undefined where that is not known of this very object, as it was signed, under this domain and type */
export function keptSigner(
  domain: Domain,
  type: PrimaryType,
  { message, signature }: Signed<object>,
): Address | null | undefined {
  const of = kept.get(message);
  const same =
    of?.type === type &&
    of.signature === signature &&
    of.domain.chainId === domain.chainId &&
    of.domain.escrow === domain.escrow;
  return same ? of.signer : undefined;
}
