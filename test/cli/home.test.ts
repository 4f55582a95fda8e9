/** What stands in homes, beside the stack itself: what clean takes, ports, logs, and who a stack is found by. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { clean } from '#cli/commands/clean.ts';
import { showLogs } from '#cli/commands/logs.ts';
import { assertOwnRecord } from '#cli/dev/contracts.ts';
import { logTail } from '#cli/dev/log-tail.ts';
import { openLogFile } from '#cli/dev/log-file.ts';
import { devPaths } from '#cli/dev/paths.ts';
import { claimPorts, freePorts } from '#cli/dev/ports.ts';
import { startService } from '#cli/dev/service.ts';
import { endNotedProcesses, noteProcesses } from '#cli/dev/processes.ts';
import { findStackRecord, writeStackRecord } from '#cli/dev/stack-record.ts';
import { readSettings } from '#cli/settings.ts';
import { openChain } from '#contracts/provider.ts';
import { toAddress } from '#protocol/units.ts';
import { codeOf, eventually, inProcess, isAlive, watch } from './program.ts';

describe('a home', function () {
  this.timeout(60_000);
  let root: string;
  const path = (...names: string[]) => join(root, ...names);
  const file = (...names: string[]) => {
    mkdirSync(path(...names.slice(0, -1)), { recursive: true });
    writeFileSync(path(...names), 'x');
  };
  const readText = (name: string) =>
    existsSync(path('home', name)) ? readFileSync(path('home', name), 'utf8') : '';
  const cleaned = (options: object) => inProcess(() => clean({ home: path('home'), json: true, ...options }));
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'tributary-home-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  describe('cleaned', () => {
    beforeEach(() => {
      for (const name of ['stack.json', 'deployment.json', 'notes.txt']) file('home', name);
      file('home', 'dev', 'chain-state.json');
      for (const name of ['owner.json', 'operator-0xab.json', 'salt', 'dataset.json'])
        file('home', 'a', name);
      file('home', 'a', 'client', 'journal', 'x');
      file('home', 'a', 'deployment.json');
      // A coordinator's home, and the folder of the same name in it.
      file('home', 'coordinator', 'coordinator.json');
      file('home', 'coordinator', 'coordinator', 'database', 'x');
      file('home', 'reports', 'mine.txt');
    });

    it('keeps keys and what belongs to them, and what is not Tributary’s', async () => {
      const { last } = await cleaned({ yes: true });
      expect(last['kept']).to.deep.equal(
        [
          ...['a/client', 'a/dataset.json', 'a/operator-0xab.json', 'a/owner.json', 'a/salt'],
          ...['coordinator/coordinator.json', 'notes.txt', 'reports'],
        ].map((name) => path('home', name)),
      );
      expect(readdirSync(path('home')).sort()).to.deep.equal(['a', 'coordinator', 'notes.txt', 'reports']);
      expect(readdirSync(path('home', 'coordinator'))).to.deep.equal(['coordinator.json']);
      expect(existsSync(path('home', 'a', 'client', 'journal', 'x'))).to.equal(true);
    });

    it('loses its keys only where they are named', async () => {
      await cleaned({ yes: true, keys: true });
      expect(readdirSync(path('home')).sort()).to.deep.equal(['notes.txt', 'reports']);
    });

    it('is asked for first, and can be looked at without', async () => {
      expect(await codeOf(() => cleaned({}))).to.equal('clean/not-confirmed');
      const { last } = await cleaned({ dryRun: true, yes: true });
      expect(last).to.have.property('event', 'dry-run');
      expect(last['removed']).to.include(path('home', 'dev'));
      expect(existsSync(path('home', 'dev', 'chain-state.json'))).to.equal(true);
    });

    it('is never another folder', async () => {
      file('other', 'important.txt');
      expect(await codeOf(() => cleaned({ home: path('other'), yes: true }))).to.equal('clean/not-a-home');
      for (const home of ['/', process.cwd(), join(process.cwd(), '..')]) {
        expect(await codeOf(() => cleaned({ home, dryRun: true })), home).to.equal('clean/not-a-home');
      }
      expect((await cleaned({ home: path('none'), yes: true })).last['removed']).to.deep.equal([]);
    });
  });

  describe('with a stack', () => {
    const record = {
      rpc: 'http://127.0.0.1:1',
      ipfs: 'http://127.0.0.1:2',
      deployment: '/d.json',
      coordinator: { url: 'http://127.0.0.1:3', address: toAddress(`0x${'ab'.repeat(20)}`) },
    };

    it('tells its own commands and those of homes in it, after all that they are told otherwise', () => {
      writeStackRecord(path('home'), record);
      for (const home of [path('home'), path('home', 'owner-a')]) {
        expect(readSettings({ home }, {})).to.include({
          rpc: record.rpc,
          ipfs: record.ipfs,
          deployment: '/d.json',
        });
      }
      expect(readSettings({ home: path('home') }, { TRIBUTARY_RPC: 'http://env:1' }).rpc).to.equal(
        'http://env:1',
      );
      expect(readSettings({ home: path('other') }, {}).rpc).to.equal('http://127.0.0.1:8545');
      file('home', 'owner-a', 'deployment.json');
      const own = readSettings({ home: path('home', 'owner-a') }, {});
      expect(own.deployment).to.equal(path('home', 'owner-a', 'deployment.json'));
    });

    it('is not believed where anybody could have written it, or where it is damaged', () => {
      writeStackRecord(path('home'), record);
      chmodSync(path('home'), 0o777);
      expect(findStackRecord(path('home', 'owner-a'))).to.equal(null);
      chmodSync(path('home'), 0o755);
      expect(findStackRecord(path('home', 'owner-a'))).to.deep.equal(record);
      writeFileSync(path('home', 'stack.json'), '{"rpc": 1}');
      expect(findStackRecord(path('home'))).to.equal(null);
    });

    it('does not lose the record of another deployment', async () => {
      const paths = devPaths(path('home'));
      file('home', 'deployment.json');
      expect(await codeOf(() => assertOwnRecord(paths))).to.equal('dev/other-deployment');
      file('home', 'dev', 'deployment.json');
      assertOwnRecord(paths);
      writeFileSync(paths.published, 'another');
      expect(await codeOf(() => assertOwnRecord(paths))).to.equal('dev/other-deployment');
    });
  });

  it('has ports that are free, each once', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port: taken } = server.address() as AddressInfo;
    const free = await freePorts({ chain: taken });
    expect(new Set([...Object.values(free), taken])).to.have.property('size', 4);
    expect(await freePorts(free)).to.deep.equal(free);
    expect(await claimPorts(free)).to.deep.equal(free);
    const refused = await claimPorts({ ...free, ipfs: taken }).catch((error: unknown) => error as Error);
    expect(refused).to.have.property('code', 'dev/port-taken');
    expect(refused)
      .to.have.property('message')
      .that.includes(`process ${process.pid}`)
      .and.includes('--ipfs-port');
    expect(await codeOf(() => claimPorts({ ...free, ipfs: free.chain }))).to.equal('dev/one-port-twice');
    server.close();
    await once(server, 'close');
  });

  it('has logs of bounded size, of which three more are kept', async () => {
    const name = path('home', 'logs', 'chain.log');
    const log = openLogFile(name, { maxBytes: 70, now: () => new Date(0) });
    for (let line = 1; line <= 9; line += 1) log.line(`line ${line}`);
    log.close();
    const read = (suffix: string) => readFileSync(`${name}${suffix}`, 'utf8').match(/line \d/g);
    expect(['', '.1', '.2', '.3'].map(read)).to.deep.equal([
      ...[['line 9'], ['line 7', 'line 8'], ['line 5', 'line 6'], ['line 3', 'line 4']],
    ]);
    expect(readdirSync(path('home', 'logs'))).to.have.length(4);
    expect(statSync(name).mode & 0o777).to.equal(0o600);
    const { lines } = await inProcess(() => showLogs({ home: path('home'), json: true, lines: 2 }, 'chain'));
    expect(lines.map(({ text }) => text)).to.deep.equal(['line 8', 'line 9']);
    expect(await codeOf(() => showLogs({ home: path('none'), lines: 2 }))).to.equal('logs/none');
  });

  it('has logs that can be followed, also into the next file', () => {
    const name = path('home', 'logs', 'ipfs.log');
    const log = openLogFile(name, { maxBytes: 70, now: () => new Date(0) });
    const text = (lines: string[]) => lines.map((line) => line.slice(25));
    log.line('before');
    const added = logTail(name);
    const later = logTail(path('home', 'logs', 'none.log'));
    log.line('line 1');
    expect(text(added())).to.deep.equal(['line 1']);
    appendFileSync(name, 'hal');
    expect(added()).to.deep.equal([]);
    appendFileSync(name, 'f\n');
    expect(added()).to.deep.equal(['half']);
    appendFileSync(name, 'the last\n');
    log.line('in the next file');
    const [last = '', ...next] = added();
    expect([last, ...text(next)]).to.deep.equal(['the last', 'in the next file']);
    expect(added()).to.deep.equal([]);
    expect(later()).to.deep.equal([]);
    log.close();
  });

  it('has a chain that says when it ended by itself, and goes on from its state', async () => {
    const start = () => watch(['--home', path('home'), 'chain', 'start', '--port', '0', '--block-time', '1']);
    const first = start();
    const { url, anvil } = (await first.until('ready')) as { url: string; anvil: number };
    const chain = await openChain(url);
    await chain.send('anvil_setBalance', [`0x${'11'.repeat(20)}`, '0x7']);
    const { number } = (await chain.getBlock('latest'))!;
    chain.destroy();
    await eventually('the state is kept', () => readText('chain-state.json').includes('11'.repeat(20)));
    process.kill(anvil, 'SIGKILL');
    expect(await first.ended).to.equal(1);
    expect(first.stderr()).to.include('chain/ended');
    const second = start();
    const again = await openChain(String((await second.until('ready'))['url']));
    expect(await again.getBalance(`0x${'11'.repeat(20)}`)).to.equal(7n);
    expect(await again.getBlockNumber()).to.be.at.least(number);
    again.destroy();
    second.child.kill('SIGTERM');
    expect(await second.ended).to.equal(0);
  });

  it('hears why a service did not start', async () => {
    const service = startService({
      ...{ name: 'coordinator', args: ['--home', path('none'), 'coordinator', 'start'], env: {} },
      log: path('home', 'logs', 'coordinator.log'),
    });
    const why = await service.ready.catch((error: unknown) => error);
    expect(why).to.have.property('code', 'dev/not-started');
    expect(why).to.have.property('message').that.includes('settings/no-deployment').and.includes('status 1');
    expect(readText('logs/coordinator.log')).to.include('settings/no-deployment');
  });

  it('remembers its processes by their start, not by their number alone', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)'], { stdio: 'ignore' });
    const noted = path('processes.json');
    await noteProcesses(noted, [{ name: 'chain', pid: child.pid! }]);
    const text = readFileSync(noted, 'utf8');
    writeFileSync(noted, text.replace(/"started": "\d+"/, '"started": "1"'));
    expect(await endNotedProcesses(noted)).to.deep.equal([]);
    expect(isAlive(child.pid!)).to.equal(true);
    writeFileSync(noted, text);
    expect(await endNotedProcesses(noted)).to.deep.equal(['chain']);
    expect(isAlive(child.pid!)).to.equal(false);
    expect(existsSync(noted)).to.equal(false);
  });
});
