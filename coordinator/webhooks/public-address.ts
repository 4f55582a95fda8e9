/**
 * Which addresses are of the public internet: what a stranger names is never reached anywhere else. By the registries of special-purpose
 * addresses (RFC 6890): https://www.iana.org/assignments/iana-ipv4-special-registry, …/iana-ipv6-special-registry
 */
import { BlockList, isIPv4, isIPv6 } from 'node:net';

const special4: readonly (readonly [network: string, prefix: number])[] = [
  ['0.0.0.0', 8], // this network
  ['10.0.0.0', 8], // private
  ['100.64.0.0', 10], // shared by carriers, and where some clouds keep metadata
  ['127.0.0.0', 8], // loopback
  ['168.63.129.16', 32], // Azure's host, though it looks public
  ['169.254.0.0', 16], // link-local, where most clouds keep metadata
  ['172.16.0.0', 12], // private
  ['192.0.0.0', 24], // protocol assignments
  ['192.0.2.0', 24], // documentation
  ['192.31.196.0', 24], // AS112
  ['192.52.193.0', 24], // AMT
  ['192.88.99.0', 24], // 6to4 relays
  ['192.168.0.0', 16], // private
  ['192.175.48.0', 24], // AS112
  ['198.18.0.0', 15], // benchmarks
  ['198.51.100.0', 24], // documentation
  ['203.0.113.0', 24], // documentation
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, and broadcast
];
/** Within what is global unicast at all (2000::/3): loopback, mapped, translated, local and multicast addresses are not. */
const special6: readonly (readonly [network: string, prefix: number])[] = [
  ['2001::', 23], // protocol assignments, Teredo among them
  ['2001:db8::', 32], // documentation
  ['2002::', 16], // 6to4: any IPv4 address
  ['2620:4f:8000::', 48], // AS112
  ['3fff::', 20], // documentation
];

const none4 = listOf(special4, 'ipv4');
const none6 = listOf(special6, 'ipv6');
const global6 = listOf([['2000::', 3]], 'ipv6');

function listOf(entries: typeof special4, family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of entries) list.addSubnet(network, prefix, family);
  return list;
}

/** @param address as a resolver or a socket says it; anything else is not public */
export function isPublic(address: string): boolean {
  if (isIPv4(address)) return !none4.check(address, 'ipv4');
  // One with a zone is of a link.
  return (
    isIPv6(address) &&
    !address.includes('%') &&
    global6.check(address, 'ipv6') &&
    !none6.check(address, 'ipv6')
  );
}
