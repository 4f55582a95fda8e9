/** Signs in to a test's service as anyone, and bends what is signed. */
import { computeAddress, hashMessage, type SigningKey } from 'ethers';
import type { Clock } from '#coordinator/driver/clock.ts';
import { scopes as allScopes, type Scope } from '#protocol/access/scopes.ts';
import { signInMessage, type SignIn } from '#protocol/access/sign-in.ts';
import type { Tokens } from '#protocol/access/wire.ts';
import { toAddress, type Address, type Hex } from '#protocol/units.ts';
import type { Service } from '../http/service.ts';

export const addressOf = (key: SigningKey): Address => toAddress(computeAddress(key.publicKey));

export const personalSignature = (key: SigningKey, message: string): Hex =>
  key.sign(hashMessage(message)).serialized as Hex;

/** A coordinator and its clock, of a test or as it is started for good. */
type Where = Pick<Service, 'api'> & Readonly<{ clock: Clock }>;

export type Bent = Readonly<{
  changes?: Partial<SignIn>;
  /** What is done to the text before it is signed. */
  edit?: (message: string) => string;
  signature?: (message: string) => Hex;
}>;

/** A message with a fresh nonce, and its signature. */
export async function signedMessage(
  service: Where,
  key: SigningKey,
  { changes = {}, edit = (message) => message, signature }: Bent = {},
) {
  const { nonce, url, chainId } = await service.api.nonce();
  const issuedAt = service.clock.now();
  const said: SignIn = {
    url,
    address: addressOf(key),
    chainId,
    nonce,
    issuedAt,
    scopes: allScopes,
    ...changes,
  };
  const message = edit(signInMessage(said));
  return { message, signature: signature ? signature(message) : personalSignature(key, message) };
}

export async function signInAs(
  service: Where,
  key: SigningKey,
  scopes: readonly Scope[] = allScopes,
): Promise<Tokens> {
  return service.api.signIn(await signedMessage(service, key, { changes: { scopes } }));
}
