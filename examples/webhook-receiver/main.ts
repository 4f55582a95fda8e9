/**
 * A receiver of webhooks: it believes what its secret signed within the last five minutes, takes each message once, answers
 * first, and prints what it took, one JSON object a line. TLS is a proxy's in front of it.
 *
 *   WEBHOOK_SECRET=whsec_… node main.js 8080
 */
import { createServer, type IncomingMessage } from 'node:http';
import { Webhook } from 'standardwebhooks';

const [port = '8080'] = process.argv.slice(2);
const webhook = new Webhook(process.env['WEBHOOK_SECRET'] ?? '');
const MOST_BYTES = 64 * 1024;
/** Ids of messages that were taken. One that restarts would keep them on disk, for a message may come for a day. */
const taken = new Set<string>();

/** The very bytes that were signed: JSON that was parsed and written again is other text. */
async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > MOST_BYTES) return null;
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** Null for what is not signed by our secret, or too old. */
function verified(body: string, headers: IncomingMessage['headers']): unknown {
  try {
    return webhook.verify(body, headers as Record<string, string>);
  } catch {
    return null;
  }
}

async function take(request: IncomingMessage): Promise<number> {
  if (request.method !== 'POST') return 405;
  const body = await bodyOf(request);
  if (body === null) return 413;
  const message = verified(body, request.headers);
  if (message === null) return 401;
  const id = String(request.headers['webhook-id']);
  // At least once means: sometimes twice.
  if (!taken.has(id)) console.log(JSON.stringify({ event: 'taken', id, message }));
  taken.add(id);
  return 204;
}

const server = createServer((request, response) => {
  take(request).then(
    (status) => response.writeHead(status).end(),
    () => response.destroy(),
  );
});
server.listen(Number(port), '127.0.0.1', () => {
  const address = server.address();
  const listening = typeof address === 'object' && address ? address.port : 0;
  console.log(JSON.stringify({ event: 'ready', port: listening }));
});
