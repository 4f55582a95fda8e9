/** `tributary doctor`: each check's verdict for a sound machine and for each fault it is there to find. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { doctor } from '#cli/commands/doctor.ts';
import { failure, skipped, type Finding } from '#cli/doctor/finding.ts';
import { checkHome, checkKeyFiles, checkNode, checkPort, judgeDisk } from '#cli/doctor/machine.ts';
import { checkChain, checkIpfs, judgeClock, type Absence } from '#cli/doctor/services.ts';
import { checkBackends } from '#cli/doctor/training.ts';
import { readSettings, type Settings } from '#cli/settings.ts';
import { deploy } from '#contracts/deploy.ts';
import type { Deployment } from '#contracts/deployment.ts';
import { loadBackend } from '#model/tensorflow.ts';
import { startTestChain, type TestChain } from '#test/support/chain.ts';
import { inProcess } from './program.ts';

const NOWHERE = 'http://127.0.0.1:9';
const needed: Absence = failure;
const optional: Absence = (name, seen) => skipped(name, seen);
const verdicts = (findings: readonly Finding[]) =>
  Object.fromEntries(findings.map(({ name, verdict }) => [name, verdict]));

describe('tributary doctor', function () {
  this.timeout(60_000);
  let home: string;
  before(() => {
    home = mkdtempSync(join(tmpdir(), 'tributary-doctor-test-'));
  });
  after(() => rmSync(home, { recursive: true, force: true }));

  it('wants Node 20.19', () => {
    expect(checkNode('20.18.3')).to.include({ verdict: 'failure', seen: '20.18.3' });
    for (const version of ['20.19.0', '22.1.0']) expect(checkNode(version).verdict, version).to.equal('ok');
  });

  it('wants room on the disk', () => {
    const GIB = 2 ** 30;
    expect([0.4 * GIB, 0.6 * GIB, 4.9 * GIB, 5.1 * GIB].map((free) => judgeDisk(free).verdict)).to.deep.equal(
      [...['failure', 'warning', 'warning', 'ok']],
    );
  });

  it('wants home and keys for their owner alone', () => {
    const inner = join(home, 'private');
    expect(checkHome(inner)).to.include({ verdict: 'ok', seen: `${inner} is not made yet` });
    mkdirSync(inner, { mode: 0o700 });
    expect(checkHome(inner).verdict).to.equal('ok');
    chmodSync(inner, 0o750);
    expect(checkHome(inner)).to.include({ verdict: 'warning', remedy: `chmod 700 ${inner}` });
    mkdirSync(join(inner, 'owner-a'));
    const key = join(inner, 'owner-a', 'owner.json');
    writeFileSync(key, '{}', { mode: 0o600 });
    writeFileSync(join(inner, 'notes.txt'), '', { mode: 0o644 });
    expect(checkKeyFiles(inner)).to.include({ verdict: 'ok', seen: '1, for their owner alone' });
    chmodSync(key, 0o640);
    expect(checkKeyFiles(inner)).to.include({ verdict: 'failure', remedy: `chmod 600 ${key}` });
  });

  it('says who has a port', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect((await checkPort('chain', port)).seen).to.include(`taken by process ${process.pid}`);
    server.close();
    await once(server, 'close');
    expect((await checkPort('chain', port)).seen).to.include('free');
  });

  it('times the backends that compute, and no others', async () => {
    const cpu = await loadBackend({ prefer: 'cpu' });
    const found = await checkBackends(() => Promise.resolve(cpu));
    expect(verdicts(found)).to.deep.equal({
      'TensorFlow tensorflow-gpu': 'skipped',
      'TensorFlow tensorflow': 'skipped',
      'TensorFlow wasm': 'warning',
      'TensorFlow cpu': 'ok',
    });
    expect(Number(/^([\d.]+) ms a step/.exec(found[3]!.seen)?.[1])).to.be.greaterThan(0);
    const none = await checkBackends(() => Promise.reject(new Error('none')));
    expect(none.at(-1)).to.include({ name: 'TensorFlow', verdict: 'failure' });
  });

  it('compares the clocks', () => {
    const at = (skew: number, local: boolean) => judgeClock(skew, local).verdict;
    expect([at(1, true), at(20, true), at(-20, true), at(301, true), at(-301, true)]).to.deep.equal([
      ...['ok', 'warning', 'warning', 'failure', 'failure'],
    ]);
    expect([at(50, false), at(70, false)]).to.deep.equal(['ok', 'warning']);
  });

  it('sees a service that is absent as a failure only where it was named', async () => {
    const settings = readSettings({ home, rpc: NOWHERE, ipfs: NOWHERE }, {});
    expect(settings.given).to.deep.equal(new Set(['rpc', 'ipfs']));
    expect(verdicts(await checkChain(settings, needed))).to.deep.equal({
      ...{ chain: 'failure', clock: 'skipped', contracts: 'skipped' },
    });
    expect((await checkChain(settings, optional))[0]!.verdict).to.equal('skipped');
    expect((await checkIpfs(settings, needed)).verdict).to.equal('failure');
    expect((await checkIpfs(settings, optional)).verdict).to.equal('skipped');
  });

  describe('with a chain', () => {
    let chain: TestChain;
    let deployment: Deployment;
    const settingsOf = (change: Partial<Deployment> = {}): Settings => {
      const file = join(home, 'deployment.json');
      writeFileSync(file, JSON.stringify({ ...deployment, ...change }));
      return readSettings({ home, rpc: chain.url, deployment: file }, {});
    };
    before(async () => {
      chain = await startTestChain();
      const floors = { minRoundTimeout: 7, minShortWindow: 3, minLongWindow: 31 };
      deployment = await deploy(chain.accounts[0]!.transactor, floors);
    });
    after(() => chain.stop());

    it('knows its contracts again, whatever values they were made with', async () => {
      const found = verdicts(await checkChain(settingsOf(), needed));
      expect(found['chain']).to.equal('ok');
      const contracts = Object.entries(found).filter(([name]) => name.startsWith('contract '));
      expect(contracts.map(([name, verdict]) => `${name} ${verdict}`)).to.deep.equal([
        ...['contract DatasetRegistry ok', 'contract AccessToken ok', 'contract TrainingEscrow ok'],
        ...['contract Administration ok', 'contract OpeningPolicy ok', 'contract Disputes ok'],
        'contract SeatReader ok',
      ]);
    });

    it('says what is wrong with each contract of a record, and what to do', async () => {
      const nobody = `0x${'11'.repeat(20)}` as Deployment['escrow'];
      const swapped = await checkChain(settingsOf({ seatReader: nobody }), needed);
      expect(verdicts(swapped)).to.include({
        'contract AccessToken': 'ok',
        'contract SeatReader': 'failure',
      });
      expect(swapped.at(-1)).to.include({
        seen: `there is no SeatReader at ${nobody}`,
        remedy: 'Check the record, and that the RPC is of the chain and deployment that are meant.',
      });
      expect((await checkChain(settingsOf({ chainId: 5 }), needed)).at(-1)).to.include({
        ...{ name: 'contracts', verdict: 'failure', seen: 'the record is of chain 5, this is 31337' },
      });
      const none = readSettings({ home, rpc: chain.url, deployment: join(home, 'none.json') }, {});
      expect((await checkChain(none, needed)).at(-1)).to.include({ name: 'contracts', verdict: 'failure' });
    });

    it('ends with status 1 and one JSON object a check', async () => {
      const before = process.exitCode;
      const { lines } = await inProcess(() =>
        doctor({ ...{ home, rpc: NOWHERE, ipfs: NOWHERE, json: true } }),
      );
      const status = process.exitCode;
      process.exitCode = before;
      expect(status).to.equal(1);
      const { length } = lines;
      expect(lines.at(-1)).to.include({ event: 'doctor', failure: 2 });
      expect(lines.filter(({ event }) => event === 'check')).to.have.length(length - 1);
      expect(verdicts(lines.slice(0, -1) as unknown as Finding[])).to.include({ database: 'ok', disk: 'ok' });
    });
  });
});
