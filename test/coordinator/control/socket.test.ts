/** The socket by which a coordinator is commanded: its user's alone, one a home, never in the way of the service. docs/rotation.md */
import { statSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { once } from 'node:events';
import { expect } from 'chai';
import { controlled, type ControlCommand } from '#coordinator/control/commands.ts';
import { drain } from '#coordinator/control/drain.ts';
import { askControl, controlSocket, openControl } from '#coordinator/control/socket.ts';
import { toSeconds } from '#protocol/units.ts';
import { codeOf } from '../code-of.ts';
import { memoryLog } from '../fakes.ts';
import { newFolder, removeFolder } from '../store/folder.ts';

describe('the socket of a coordinator', () => {
  let folder: string;
  let path: string;
  const log = memoryLog();
  const kept: number[] = [];
  const answer = controlled({
    instance: 'the one',
    drain: drain({ underWay: () => 3, coordinators: () => 1 }),
    underWay: () => 3,
    secrets: {
      async rotate(keepSeconds) {
        kept.push(keepSeconds);
        return { number: 2, previousRetiresAt: toSeconds(9) };
      },
    },
    log,
  });
  let close: () => Promise<void>;
  beforeEach(async () => {
    folder = await newFolder();
    path = controlSocket(folder);
    close = await openControl(path, answer, log);
  });
  afterEach(async () => {
    await close();
    await removeFolder(folder);
  });
  const ask = (command: ControlCommand) => askControl(path, command);
  const lastWarning = () => log.lines.at(-1)?.facts as Readonly<Record<string, unknown>> | undefined;

  it('takes each command, and says in the log what was done', async () => {
    expect(await ask({ command: 'state' })).to.deep.equal({ instance: 'the one', draining: false, jobs: 3 });
    expect(await ask({ command: 'drain', handOver: false })).to.include({ draining: true });
    expect(log.lines.at(-1)?.message).to.equal('drained: no job is taken on any more');
    expect(await ask({ command: 'resume' })).to.include({ draining: false });
    expect(log.lines.at(-1)?.message).to.equal('drained no more: jobs are taken on');
    expect(await ask({ command: 'rotate-secrets', keepSeconds: 60 })).to.deep.equal({
      number: 2,
      previousRetiresAt: 9,
    });
    expect(kept).to.deep.equal([60]);
  });

  it('refuses what is no command, and with a code what can not be done', async () => {
    expect(await codeOf(ask({ command: 'drain', handOver: true }))).to.equal('coordinator/alone');
    for (const wrong of [
      { command: 'stop' },
      { command: 'rotate-secrets', keepSeconds: -1 },
      { command: 'state', more: 1 },
    ])
      expect(await codeOf(ask(wrong as never)), JSON.stringify(wrong)).to.equal('control/refused');
    const long = { command: 'x'.repeat(5_000) };
    expect(await codeOf(ask(long as never))).to.equal('control/refused');
  });

  it('is in a folder that nobody else enters', () => {
    expect(statSync(dirname(path)).mode & 0o777).to.equal(0o700);
  });

  it('is the first one’s where two coordinators of a home run', async () => {
    const second = await openControl(path, () => Promise.reject(new Error('the second was asked')), log);
    expect(lastWarning()).to.include({ code: 'control/taken' });
    await second();
    expect(await ask({ command: 'state' })).to.include({ instance: 'the one' });
  });

  it('is taken over from one that was killed, and is nobody’s where none runs', async () => {
    await close();
    expect(await ask({ command: 'state' })).to.equal(null);
    await writeFile(path, 'left behind');
    close = await openControl(path, answer, log);
    expect(await ask({ command: 'state' })).to.include({ instance: 'the one' });
  });

  it('is done without where its path is too long', async () => {
    const deep = join(folder, 'a'.repeat(120));
    const done = await openControl(controlSocket(deep), answer, log);
    expect(lastWarning()).to.include({ code: 'control/path' });
    await done();
  });

  it('is told from one that says nothing of use', async () => {
    const other = controlSocket(join(folder, 'other'));
    await mkdir(dirname(other), { recursive: true });
    const silent = createServer((socket) => socket.end('nothing of use')).listen(other);
    await once(silent, 'listening');
    expect(await codeOf(askControl(other, { command: 'state' }))).to.equal('control/unreachable');
    silent.close();
  });
});
