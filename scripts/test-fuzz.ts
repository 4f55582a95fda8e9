/**
 * `npm run test:fuzz [-- --count 20000 --seed 8]`: requests made from the API's document and bent, sent to a coordinator in a process of
 * its own that two tenants use. Prints a table of answers; fails on any 5xx, hang or leak, and where the coordinator is not what it was.
 * `--serve` sends nothing: it prints the coordinator's URL and a tenant's token, for another's fuzzer (docs/api.md), until it is stopped.
 */
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { fuzz, unreached } from '#test/fuzz/fuzz.ts';
import { setStage } from '#test/fuzz/stage.ts';
import { memoryOf } from '../bench/secagg-service/memory-of.ts';

const MB = 1_000_000;
/** Of the coordinator's process when it is over; and the most that it may ever have had. */
const MOST_MB = { after: 400, ever: 512 };

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '8' },
    serve: { type: 'boolean', default: false },
  },
});
const [count, seed] = [Number(values.count), Number(values.seed)];
if (!Number.isInteger(count) || count < 1 || !Number.isInteger(seed)) {
  console.error('--count wants a whole number of at least 1, --seed a whole number');
  process.exit(2);
}

const stage = await setStage();
if (values.serve) {
  console.log(JSON.stringify({ url: stage.coordinator.url, token: stage.tenants[0].accessToken }));
  await Promise.race(['SIGINT', 'SIGTERM'].map((signal) => once(process, signal)));
  await stage.stop();
  process.exit(0);
}
const wrong: string[] = [];
try {
  const began = performance.now();
  const fuzzed = await fuzz(stage, count, seed);
  const { tally, authenticated, leaks, failures } = fuzzed;
  console.log(tally.table());
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  console.log(`seed ${seed}: ${count} requests in ${seconds} s, ${authenticated} of them authenticated`);
  wrong.push(...failures.map((one) => `failed: ${one}`), ...leaks.map((one) => `leaked ${one}`));
  if (authenticated < count / 2) wrong.push('less than half were authenticated');
  for (const id of unreached(fuzzed)) wrong.push(`no request reached a 2xx of ${id}`);
  if (!stage.coordinator.lives()) wrong.push('the coordinator ended');
  else {
    if (process.platform === 'linux') {
      const { now, peak } = await memoryOf(stage.coordinator.pid);
      console.log(`memory: ${(now / MB).toFixed(0)} MB, at most ${(peak / MB).toFixed(0)} MB`);
      if (now > MOST_MB.after * MB || peak > MOST_MB.ever * MB)
        wrong.push('the coordinator took too much memory');
    }
    await stage.settlesAnother();
    console.log('a round was settled after it');
  }
} finally {
  await stage.stop();
}
for (const one of wrong) console.error(one);
process.exitCode = wrong.length > 0 ? 1 : 0;
