/** Whether others on the way could read or change what is said to a coordinator: http:// to another machine. */

/** @returns what to tell whoever uses such a URL; null where there is nothing to say */
export function plainConnection(url: string): string | null {
  if (!URL.canParse(url)) return null;
  const { protocol, hostname, origin } = new URL(url);
  if (protocol !== 'http:' || isLoopback(hostname)) return null;
  return `${origin} is reached without TLS: whoever is on the way reads and changes what is sent, tokens too; ask for an https:// URL`;
}

/** RFC 6761 §6.3, RFC 1122 §3.2.1.3, RFC 4291 §2.5.3; URLs write addresses in one way. */
const isLoopback = (host: string): boolean =>
  host === 'localhost' ||
  host.endsWith('.localhost') ||
  /^127\.\d+\.\d+\.\d+$/.test(host) ||
  host === '[::1]';
