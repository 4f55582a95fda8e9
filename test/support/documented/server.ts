/** A server whose every answer is held against the API's document; the first that differs fails whoever stops it. */
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { exchangeFlaw } from './exchange.ts';

export type DocumentedServer = Readonly<{ server: Server; flaws: readonly string[] }>;

export function documentedServer(app: RequestListener): DocumentedServer {
  const flaws: string[] = [];
  const server = createServer((request, response) => {
    const body = collect(response);
    // An answer that was cut off is none.
    response.on('finish', () => {
      try {
        const flaw = flawOf(request, response, body());
        if (flaw !== null) flaws.push(flaw);
      } catch (error) {
        flaws.push(String(error));
      }
    });
    app(request, response);
  });
  return { server, flaws };
}

function flawOf(request: IncomingMessage, response: ServerResponse, body: Uint8Array): string | null {
  const headers = Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)]);
  return exchangeFlaw({
    method: request.method ?? '',
    url: request.url ?? '',
    // Where the service keeps what it decoded.
    asked: (request as { body?: unknown }).body,
    status: response.statusCode,
    headers: Object.fromEntries(headers) as Record<string, string>,
    body,
  });
}

/** What is written to a response, as it is written. */
function collect(response: ServerResponse): () => Uint8Array {
  const pieces: Buffer[] = [];
  const take = (piece: unknown) => {
    if (typeof piece === 'string' || piece instanceof Uint8Array) pieces.push(Buffer.from(piece as string));
  };
  for (const name of ['write', 'end'] as const) {
    const original = response[name].bind(response) as (...of: unknown[]) => never;
    response[name] = (...of: unknown[]) => {
      take(of[0]);
      return original(...of);
    };
  }
  return () => (response.req.method === 'HEAD' ? new Uint8Array() : Buffer.concat(pieces));
}
