/**
 * An auditor that the job's terms name as a reader fetches an attempt's evidence into a file, which `tributary audit` then reads:
 * every block is hashed there. The key is in READER_KEY for the example's sake.
 *
 *   READER_KEY=0x… node main.js http://127.0.0.1:7070 7 2 1 evidence.car
 */
import { open } from 'node:fs/promises';
import { computeAddress, SigningKey } from 'ethers';
import { coordinatorApi, signTyped, toAddress, toSeconds } from 'tributary/sdk';

const [url = '', job, round, attempt, file = 'evidence.car'] = process.argv.slice(2);
const key = new SigningKey(process.env['READER_KEY'] ?? '');
const id = { job: Number(job), round: Number(round), attempt: Number(attempt) };
const MOST_BYTES = 1024 ** 3;

const api = coordinatorApi(url);
const { chainId, escrow } = await api.status();
const requester = toAddress(computeAddress(key.publicKey));
const message = { ...id, requester, deadline: toSeconds(Math.floor(Date.now() / 1000) + 300) };
const signature = signTyped(key, { chainId, escrow }, 'EvidenceRequest', message);

const enough = new AbortController();
const car = await open(file, 'wx');
let bytes = 0;
for await (const piece of api.evidence(id, { message, signature }, MOST_BYTES, enough.signal)) {
  bytes += piece.length;
  if (bytes > MOST_BYTES) throw new Error('this is more than any evidence');
  await car.write(piece);
}
await car.close();
console.log(JSON.stringify({ event: 'fetched', ...id, bytes, file }));
