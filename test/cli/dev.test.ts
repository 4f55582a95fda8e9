/** `tributary dev` as a person uses it: up, used, stopped, killed, half killed; and `logs` and `clean` beside it. */
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { fund } from '#cli/commands/chain.ts';
import { clean } from '#cli/commands/clean.ts';
import { showLogs } from '#cli/commands/logs.ts';
import { openChain } from '#contracts/provider.ts';
import { connectIpfs } from '#datasets/ipfs.ts';
import {
  codeOf,
  eventually,
  inProcess,
  isAlive,
  tributary,
  watch,
  type Said,
  type Watched,
} from './program.ts';

describe('tributary dev', function () {
  this.timeout(120_000);
  let home: string;
  let dev: Watched;
  let ready: Said;

  const start = async (...args: string[]) => {
    dev = watch(['--home', home, 'dev', '--ports', 'free', ...args]);
    ready = await dev.until('ready');
  };
  const processes = () =>
    JSON.parse(readFileSync(join(home, 'dev', 'processes.json'), 'utf8')) as { name: string; pid: number }[];
  const pidOf = (name: string) => processes().find((each) => each.name === name)!.pid;
  const text = (...names: string[]) =>
    names.reduce((at: unknown, name) => (at as Said)[name], ready) as string;
  const cleaned = (options: object) => inProcess(() => clean({ home, json: true, ...options }));
  /** Names of the IPFS node's files of blocks. */
  const blocks = () =>
    readdirSync(join(home, 'dev', 'ipfs'), { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.data'),
    );
  const nothingLeft = () => {
    expect(existsSync(join(home, 'dev', 'lock')), 'lock').to.equal(false);
    expect(existsSync(join(home, 'stack.json')), 'stack.json').to.equal(false);
    expect(existsSync(join(home, 'dev', 'processes.json')), 'processes').to.equal(false);
  };

  before(async () => {
    home = mkdtempSync(join(tmpdir(), 'tributary-dev-'));
    await start();
  });
  after(async () => {
    if (isAlive(dev.pid)) dev.child.kill('SIGINT');
    await dev.ended;
    rmSync(home, { recursive: true, force: true });
  });

  it('serves a chain, the contracts, an IPFS node and a coordinator with gas', async () => {
    const chain = await openChain(text('rpc'), { chainId: 31_337 });
    expect(await chain.getCode(text('deployment', 'escrow'))).to.have.length.greaterThan(1000);
    expect(await chain.getBalance(text('coordinator', 'address'))).to.equal(10n ** 19n);
    const before = await chain.getBlockNumber();
    await eventually('a block', async () => (await chain.getBlockNumber()) > before);
    chain.destroy();
    const store = connectIpfs(text('ipfs'));
    const bytes = new TextEncoder().encode('a block');
    expect(await store.get(await store.put('raw', bytes))).to.deep.equal(bytes);
    expect((await fetch(`${text('coordinator', 'url')}/v1/jobs`)).status).to.be.lessThan(500);
  });

  it('is found by homes inside its own, and by its environment elsewhere', async () => {
    const [inside, away] = [`0x${'11'.repeat(20)}`, `0x${'22'.repeat(20)}`];
    const options = { home: join(home, 'owner-a'), coins: '5', json: true };
    expect((await inProcess(() => fund(options, inside))).last).to.have.property('event', 'funded');
    const env = ready['environment'] as Record<string, string>;
    const elsewhere = ['--json', '--home', join(home, '..', 'none'), 'chain', 'fund', away];
    expect((await tributary(elsewhere, { env })).json).to.have.property('event', 'funded');
    const chain = await openChain(text('rpc'));
    for (const address of [inside, away]) expect(await chain.getBalance(address)).to.equal(10n ** 19n);
    chain.destroy();
  });

  it('is alone in its home, and its home is not cleaned under it', async () => {
    const second = await tributary(['--json', '--home', home, 'dev']);
    expect(second.status).to.equal(1);
    expect(second.json).to.have.nested.property('error.code', 'dev/running');
    expect(second.stderr).to.include(String(dev.pid));
    expect(await codeOf(() => cleaned({ yes: true, keys: true }))).to.equal('clean/in-use');
    expect(existsSync(join(home, 'deployment.json'))).to.equal(true);
  });

  it('keeps its logs for its owner alone, and shows them', async () => {
    for (const name of readdirSync(join(home, 'logs'))) {
      expect(statSync(join(home, 'logs', name)).mode & 0o777, name).to.equal(0o600);
    }
    const logs = (lines: number, service?: string) =>
      inProcess(() => showLogs({ home, json: true, lines }, service));
    const last = await logs(1, 'coordinator');
    expect(last.lines).to.have.length(1);
    expect(last.last).to.include({ service: 'coordinator' });
    expect(last.last['text']).to.include('"ready"');
    const all = (await logs(50)).lines.map(({ service }) => service);
    expect(new Set(all)).to.deep.equal(new Set(['dev', 'chain', 'ipfs', 'coordinator']));
    expect(await codeOf(() => logs(1, 'printer'))).to.equal('logs/no-such-service');
  });

  it('stops with status 1, and says which, when a service dies', async () => {
    const pids = processes().map(({ pid }) => pid);
    expect(pids).to.have.length(4);
    process.kill(pidOf('chain'), 'SIGKILL');
    expect(await dev.ended).to.equal(1);
    expect(dev.stderr()).to.match(/dev\/service-ended.*chain ended by itself \(SIGKILL\)/);
    expect(pids.filter(isAlive), 'the killed wrapper’s anvil goes too').to.deep.equal([]);
    nothingLeft();
  });

  it('goes on with the same chain on the same ports, and stops all at Ctrl-C', async () => {
    const first = ready;
    await start();
    for (const same of ['rpc', 'ipfs', 'deployment', 'coordinator']) {
      expect(ready[same], same).to.deep.equal(first[same]);
    }
    expect(ready).to.have.property('fresh', false);
    const chain = await openChain(text('rpc'));
    expect(await chain.getBalance(`0x${'11'.repeat(20)}`)).to.equal(10n ** 19n);
    chain.destroy();
    const pids = processes().map(({ pid }) => pid);
    dev.child.kill('SIGINT');
    expect(await dev.ended).to.equal(0);
    expect(pids.filter(isAlive)).to.deep.equal([]);
    nothingLeft();
  });

  it('takes its services along when it is killed, also while they start', async () => {
    expect(blocks()).to.have.length.greaterThan(0);
    dev = watch(['--home', home, 'dev', '--ports', 'free', '--fresh']);
    const noted = join(home, 'dev', 'processes.json');
    await eventually('two services', () => existsSync(noted) && readFileSync(noted, 'utf8').includes('ipfs'));
    const pids = processes().map(({ pid }) => pid);
    dev.child.kill('SIGKILL');
    await dev.ended;
    await eventually('the services end', () => !pids.some(isAlive));
    expect(blocks(), 'forgotten by --fresh').to.deep.equal([]);
    expect(existsSync(join(home, 'dev', 'lock')), 'nobody could take it away').to.equal(true);
  });

  it('leaves nothing after clean', async () => {
    const { last } = await cleaned({ dryRun: true });
    expect(last['removed']).to.include(join(home, 'dev'));
    expect(existsSync(join(home, 'dev'))).to.equal(true);
    expect((await cleaned({ yes: true })).last).to.have.property('event', 'cleaned');
    expect(existsSync(home)).to.equal(false);
  });
});
