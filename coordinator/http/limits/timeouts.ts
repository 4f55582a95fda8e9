/** How long a connection may take. https://nodejs.org/docs/latest-v20.x/api/http.html#httpcreateserveroptions-requestlistener */
import type { ServerOptions } from 'node:http';

export const serverTimeouts = {
  /** Longer than a client pauses between requests: one on a connection that has just been closed would fail. */
  keepAliveTimeout: 75_000,
  headersTimeout: 15_000,
  /** Of a whole request. A body that comes fast enough is a large one, which its round's deadline ends; this ends what is neither. */
  requestTimeout: 6 * 3_600_000,
  connectionsCheckingInterval: 5_000,
} as const satisfies ServerOptions;
