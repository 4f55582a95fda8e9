/** A URL as it may be said: keys of RPC providers stand in paths, queries and user names. RFC 3986 §7.5 */

/** Scheme, host and port; what is no URL is not repeated. */
export const shownUrl = (url: string): string =>
  URL.canParse(url) ? new URL(url).origin : 'a URL that is none';
