/** What a sign-in message says, held against this coordinator and the clock. EIP-4361 */
import { hashMessage } from 'ethers';
import { SiweMessage } from 'siwe';
import { TributaryError } from '#crypto/error.ts';
import { scopeOfUrn, type Scope } from '#protocol/access/scopes.ts';
import { toAddress, toBytes32, type Address, type Bytes32, type Seconds } from '#protocol/units.ts';
import { NONCE_SECONDS } from './nonces.ts';

/** By so much two clocks may differ. */
const CLOCK_SECONDS = 120;

export type Here = Readonly<{ url: string; chainId: number }>;
/** Who would sign in for what: neither is the signature checked, nor the nonce used up. */
export type Asking = Readonly<{
  subject: Address;
  scopes: readonly Scope[];
  nonce: string;
  /** What the account has to have signed. */
  digest: Bytes32;
}>;

/** @throws TributaryError `auth/message` where it is for somewhere else or for nothing, `auth/time` */
export function readSignIn(message: string, { url, chainId }: Here, now: Seconds): Asking {
  const said = parsed(message);
  assertHere(said, url, chainId);
  assertNow(said, now);
  const scopes = scopesIn(said.resources ?? []);
  const subject = toAddress(said.address);
  // The text as it came is what counts, not what would be made of its parts again.
  const digest = toBytes32(hashMessage(message));
  return { subject, scopes, nonce: said.nonce, digest };
}

function parsed(message: string): SiweMessage {
  try {
    return new SiweMessage(message);
  } catch (cause) {
    throw new TributaryError('auth/message', 'the message is not one of EIP-4361, version 1', { cause });
  }
}

/** The domain is what a wallet shows its owner; the rest is what else the message could be meant for. */
function assertHere(said: SiweMessage, url: string, chainId: number): void {
  const here = new URL(url);
  const wrong = (what: string, due: string | number) =>
    new TributaryError('auth/message', `the message's ${what} is not ${due}`);
  if (said.domain.toLowerCase() !== here.host) throw wrong('domain', here.host);
  if (said.scheme !== undefined && `${said.scheme}:` !== here.protocol)
    throw wrong('scheme', here.protocol.slice(0, -1));
  if (!isUnder(said.uri, url)) throw wrong('URI', url);
  if (said.version !== '1') throw wrong('version', 1);
  if (said.chainId !== chainId) throw wrong('chain', chainId);
}

function isUnder(uri: string, url: string): boolean {
  const root = url.replace(/\/$/, '');
  return uri === root || uri.startsWith(`${root}/`);
}

function assertNow({ issuedAt, expirationTime, notBefore }: SiweMessage, now: Seconds): void {
  const seconds = (time: string) => Date.parse(time) / 1000;
  const wrong = (what: string) => new TributaryError('auth/time', `by this coordinator's clock ${what}`);
  // The grammar admits times that no calendar has: of those nothing holds.
  const issued = seconds(issuedAt ?? '');
  if (!(issued <= now + CLOCK_SECONDS)) throw wrong('the message is from the future');
  if (issued < now - NONCE_SECONDS - CLOCK_SECONDS) throw wrong('the message is from too long ago');
  if (expirationTime !== undefined && !(seconds(expirationTime) > now - CLOCK_SECONDS))
    throw wrong('the message has expired');
  if (notBefore !== undefined && !(seconds(notBefore) <= now + CLOCK_SECONDS))
    throw wrong('the message is not yet valid');
}

function scopesIn(resources: readonly string[]): Scope[] {
  const asked = resources.map((resource) => {
    const scope = scopeOfUrn(resource);
    if (scope) return scope;
    throw new TributaryError('auth/message', 'a resource of the message names no scope');
  });
  if (asked.length === 0)
    throw new TributaryError('auth/message', 'the message asks for no scope: name one among its resources');
  return [...new Set(asked)];
}
