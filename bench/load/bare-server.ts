/** What the coordinator's uploads are measured against: an Express server that writes each body to a file, syncs it, and answers. */
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import express from 'express';

const [folder = ''] = process.argv.slice(2);
let files = 0;
const app = express();
app.put('/*path', async (request, response) => {
  const file = await open(join(folder, String(files++)), 'wx');
  try {
    for await (const piece of request) await file.write(piece as Buffer);
    await file.sync();
  } finally {
    await file.close();
  }
  response.json({ accepted: true });
});
const server = createServer({ keepAliveTimeout: 75_000 }, app).listen(0, '127.0.0.1');
await once(server, 'listening');
process.once('SIGTERM', () => process.exit(0));
console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
