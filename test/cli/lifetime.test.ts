/** What ends a service, and what only makes it read its files again. docs/operations.md */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';

describe('a process that serves', function () {
  this.timeout(60_000);

  /** @returns what it said, and how it ended, after a SIGHUP, a while, and a SIGTERM */
  async function signalled(options: string): Promise<string[]> {
    const script = `import { untilStopped } from '#cli/lifetime.ts';
      const stop = untilStopped(${options});
      process.on('SIGHUP', () => console.log('heard'));
      stop.addEventListener('abort', () => { console.log('stopped'); clearInterval(up); });
      const up = setInterval(() => undefined, 1000);
      console.log('up');`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script]);
    const said: string[] = [];
    const lines = createInterface({ input: child.stdout });
    lines.on('line', (line) => said.push(line));
    const ended = once(child, 'close');
    await once(lines, 'line');
    child.kill('SIGHUP');
    while (!said.includes('heard')) await delay(20);
    await delay(200);
    said.push(child.exitCode === null ? 'alive' : 'gone');
    if (child.exitCode === null) child.kill('SIGTERM');
    await ended;
    return said;
  }

  it('ends at SIGHUP, as with its terminal', async () => {
    expect(await signalled('')).to.deep.equal(['up', 'stopped', 'heard', 'gone']);
  });

  it('goes on at SIGHUP where it reads its files again at it, and ends at SIGTERM', async () => {
    expect(await signalled('{ rereads: true }')).to.deep.equal(['up', 'heard', 'alive', 'stopped']);
  });
});
