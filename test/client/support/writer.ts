/** Writes decisions without end and says each when it is durable: to be killed. */
import { writeSync } from 'node:fs';
import { openDisk } from '#client/journal/disk.ts';

const disk = openDisk(process.argv[2] ?? '');
for (let n = 1; ; n++) {
  disk.create(`decisions/${n}.json`, new TextEncoder().encode(`{"n":${n}}`));
  writeSync(1, `${n}\n`);
}
