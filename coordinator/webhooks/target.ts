/** Where a webhook may lead: by its URL when it is made and each time it is used, and by the address that is really connected to. */
import { lookup as lookUp, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { TributaryError } from '#crypto/error.ts';
import { flaw, type Flaw } from '#protocol/flaw.ts';
import { isPublic } from './public-address.ts';

/** Hosts that the operator names, each as `host` or `host:port`. */
export type AllowedHosts = readonly string[];

const defaultPorts: Readonly<Record<string, string>> = { 'https:': '443', 'http:': '80' };

export const isAllowed = ({ hostname, protocol, port }: URL, hosts: AllowedHosts): boolean =>
  hosts.includes(hostname) || hosts.includes(`${hostname}:${port || defaultPorts[protocol]}`);

/** What is wrong with a URL that messages are to be posted to; null for one that can be tried. */
export function targetFlaw(text: string, hosts: AllowedHosts): Flaw | null {
  const bad = (why: string) => flaw('webhook/url', `url: ${why}`);
  if (!URL.canParse(text)) return bad('it is none');
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return bad('a URL is no place for a password');
  if (url.hash !== '') return bad('a fragment is not sent');
  if (isAllowed(url, hosts)) return null;
  if (url.protocol !== 'https:') return bad('messages go by https');
  const literal = literalOf(url);
  if (literal !== null && !isPublic(literal)) return bad('its address is not of the public internet');
  return null;
}

/** @throws TributaryError `webhook/private-address` for an address that stands in the URL itself, which nobody looks up */
export function assertTarget(url: URL): void {
  const literal = literalOf(url);
  if (literal !== null) assertPublic(literal);
}

/** @throws TributaryError `webhook/private-address` */
export function assertPublic(address: string): void {
  if (!isPublic(address))
    throw new TributaryError('webhook/private-address', 'the host has an address that is not public');
}

/** Looks a host up as any would, and gives no address of one that has a private one among them. */
export const publicLookup =
  (resolve: typeof lookUp = lookUp): LookupFunction =>
  (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, found) => {
      const addresses = error ? [] : found;
      const failed = error ?? privateAmong(addresses);
      const [first] = addresses;
      if (failed) callback(failed, '', 0);
      else if (options.all) callback(null, addresses);
      else callback(null, first?.address ?? '', first?.family ?? 0);
    });
  };

function privateAmong(addresses: readonly LookupAddress[]): TributaryError | null {
  try {
    for (const { address } of addresses) assertPublic(address);
    return null;
  } catch (error) {
    return error as TributaryError;
  }
}

/** As URLs write them: IPv6 in brackets, every odd spelling of IPv4 made plain. */
function literalOf({ hostname }: URL): string | null {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1');
  return isIP(bare) === 0 ? null : bare;
}
