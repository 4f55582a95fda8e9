/**
 * The clients of a load, in a process of their own: each sends one upload after another. Told a plan on stdin, says when what is not
 * counted is over, and prints what came of the rest.
 */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { WARM, type Outcome, type Plan, type Upload } from './plan.ts';

const ANSWER_MILLIS = 60_000;
const MOST_TOLD = 5;

const plan = JSON.parse(await text(process.stdin)) as Plan;
const { url, clients, warmUp, seconds, again } = plan;
const uploads = readFileSync(plan.uploads, 'utf8').trimEnd().split('\n');
const base = readFileSync(plan.vector);
const agent = new Agent({ keepAlive: true, maxSockets: clients });

/** @throws Error where the answer is another than 200, or none */
function put({ path, message, member }: Upload): Promise<void> {
  const body = Buffer.from(base);
  body.writeUInt32BE(member);
  const headers = {
    'content-type': 'application/octet-stream',
    'content-length': body.length,
    'tributary-message': message,
  };
  return new Promise((resolve, reject) => {
    const sending = request(`${url}${path}`, { agent, method: 'PUT', headers }, (response) => {
      text(response).then((answer) => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`${response.statusCode} ${answer}`));
      }, reject);
    });
    sending.setTimeout(ANSWER_MILLIS, () => sending.destroy(new Error('no answer')));
    sending.on('error', reject).end(body);
  });
}

const millis: number[] = [];
const errors: string[] = [];
let began = Number.POSITIVE_INFINITY;
const until = performance.now() + (warmUp + seconds) * 1000;
let next = 0;
async function client(): Promise<void> {
  while (performance.now() < until) {
    const at = next++;
    const line = uploads[again ? at % uploads.length : at];
    if (line === undefined) return;
    const sent = performance.now();
    try {
      await put(JSON.parse(line) as Upload);
      if (performance.now() > began) millis.push(performance.now() - sent);
    } catch (error) {
      errors.push(String(error));
    }
  }
}
async function beginToCount(): Promise<void> {
  await pause(warmUp * 1000);
  began = performance.now();
  console.log(WARM);
}
await Promise.all([beginToCount(), ...Array.from({ length: clients }, client)]);
agent.destroy();
millis.sort((a, b) => a - b);
const at = (share: number): number => millis[Math.ceil(share * millis.length) - 1] ?? Number.NaN;
const outcome: Outcome = {
  messages: millis.length,
  bytes: millis.length * base.length,
  seconds: (performance.now() - began) / 1000,
  errors: errors.length,
  firstErrors: errors.slice(0, MOST_TOLD),
  p50: at(0.5),
  p99: at(0.99),
  ranOut: !again && next > uploads.length,
};
console.log(JSON.stringify(outcome));
