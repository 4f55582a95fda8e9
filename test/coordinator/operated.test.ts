/** What an operator sees of a coordinator as it is started for good, over a whole round. docs/operations-observability.md */
import { expect } from 'chai';
import { Wallet } from 'ethers';
import { fromHex, toHex } from '#crypto/bytes.ts';
import { phases } from '#protocol/attempt-view.ts';
import { operations } from '#protocol/http/operations.ts';
import { parseTraceparent } from '#protocol/http/traceparent.ts';
import { controlSocket } from '#coordinator/control/socket.ts';
import { startCoordinator, type Coordinator } from '#coordinator/start.ts';
import { connectIpfs } from '#datasets/ipfs.ts';
import { Detector, type Secret } from '#test/e2e/leak/detector.ts';
import { operatorKey } from '#test/support/cohort.ts';
import { digestOfText, unmaskingOf } from './fixtures.ts';
import { startWorld, type World } from '#test/contracts/world.ts';
import { startHeaderProxy, type HeaderProxy } from '#test/support/header-proxy.ts';
import { startIpfsProcess, type NodeProcess } from '#test/support/ipfs.ts';
import { commanded } from './commanded.ts';
import { memoryLog } from './fakes.ts';
import { eventually, launchJob } from './launch.ts';
import { playRound, type Played } from './play-round.ts';
import { newFolder, preparedDatabase, removeFolder } from './store/folder.ts';
import { seriesIn, sumOf, type Sample } from './metrics/samples.ts';

const weights = [4, 2, 4, 1, 4];
const SEATS = weights.length;
/** As a provider of RPC gives one, to stand in its URL. */
const RPC_KEY = 'k7Jq2Zr9Xw4Tn8Lb3Vd6Mc1';

describe('a coordinator that is operated', function () {
  this.timeout(120_000);
  let world: World;
  let node: NodeProcess;
  let folders: readonly [string, string];
  let rpc: HeaderProxy;
  let coordinator: Coordinator;
  let played: Played;
  const log = memoryLog();

  before(async () => {
    folders = [await newFolder(), await newFolder()];
    [world, node] = await Promise.all([startWorld(), startIpfsProcess(folders[1])]);
    rpc = await startHeaderProxy(world.chain.url);
    coordinator = await startCoordinator({
      folder: folders[0],
      host: '127.0.0.1',
      port: 0,
      metrics: { host: '127.0.0.1', port: 0 },
      control: controlSocket(folders[0]),
      rpcUrl: `${rpc.url}/?key=${RPC_KEY}`,
      ipfsUrl: node.url,
      deployment: world.deployment,
      wallet: new Wallet(world.coordinator.key.privateKey),
      log,
      prepared: preparedDatabase(),
    });
    const { url } = coordinator;
    const launched = await launchJob({ world, ipfs: connectIpfs(node.url), url, weights });
    played = await playRound({ world, url, launched, weights, unmaskers: [4, 0, 3, 1] });
  });
  after(async () => {
    await coordinator.stop();
    await rpc.stop();
    await Promise.all([world.stop(), node.stop()]);
    await Promise.all(folders.map(removeFolder));
  });

  const metrics = async (): Promise<Sample[]> => {
    const response = await fetch(`${coordinator.metricsUrl}/metrics`);
    expect(response.headers.get('content-type')).to.match(/^text\/plain; version=0\.0\.4/);
    return seriesIn(await response.text());
  };

  describe('its metrics', () => {
    let samples: Sample[];
    before(async () => {
      const announced = { phase: 'announced' };
      await eventually(metrics, (found) => sumOf(found, 'tributary_attempts_total', announced) === 2);
      samples = await metrics();
    });
    const sum = (name: string, labels: Readonly<Record<string, string>> = {}) =>
      sumOf(samples, `tributary_${name}`, labels);

    it('count the attempt in each of its phases, and how long it was there', () => {
      const settled = ['enrolling', 'sharing', 'receiving', 'masking', 'confirming', 'unmasking', 'settling'];
      for (const phase of settled) {
        expect(sum('attempts_total', { phase }), phase).to.equal(1);
        expect(sum('phase_seconds_count', { phase }), phase).to.equal(1);
        expect(sum('phase_seconds_sum', { phase }), phase).to.be.within(0, 60);
      }
      expect(sum('attempts_total', { phase: 'settled' })).to.equal(1);
      // The next round's is the present one.
      for (const phase of phases)
        expect(sum('attempts', { phase }), phase).to.equal(phase === 'announced' ? 1 : 0);
      expect(sum('jobs', { state: 'active' })).to.equal(1);
    });

    it('count what was settled, in base units, and by which transactions', () => {
      expect(sum('payouts_settled_base_units_total')).to.equal(Number(played.proposal.total)).and.above(0);
      expect(sum('transactions_total', { outcome: 'done' })).to.equal(1);
      expect(sum('effect_seconds_count', { effect: 'settle', outcome: 'done' })).to.equal(1);
      expect(sum('effect_seconds_count', { effect: 'aggregate' })).to.equal(1);
    });

    it('count requests by operation and class of status, and the bytes that they were', async () => {
      const of = (operation: string) => sum('http_request_seconds_count', { operation, status: '2xx' });
      expect(['enrol', 'share', 'receive', 'upload', 'confirm', 'attest'].map(of)).to.deep.equal(
        Array.from({ length: 6 }, () => SEATS),
      );
      expect([of('unmask'), of('approve')]).to.deep.equal([4, 1]);
      const [sent, taken] = [
        sum('http_bytes_total', { direction: 'in' }),
        sum('http_bytes_total', { direction: 'out' }),
      ];
      const vectors = [...played.members.vectors.values()].reduce((all, { length }) => all + length, 0);
      expect(sent).to.be.above(vectors);
      expect(taken).to.be.above(1_000);
      await fetch(`${coordinator.url}/v1/status`).then((response) => response.text());
      expect(sumOf(await metrics(), 'tributary_http_bytes_total', { direction: 'out' })).to.be.above(taken);
    });

    it('time the chain and the IPFS node', () => {
      expect(
        sum('chain_request_seconds_count', { method: 'eth_sendRawTransaction', outcome: 'done' }),
      ).to.equal(1);
      expect(sum('chain_request_seconds_count', { method: 'eth_call', outcome: 'done' })).to.be.above(1);
      expect(sum('ipfs_request_seconds_count', { call: 'put', outcome: 'done' })).to.be.above(1);
      expect(sum('ipfs_request_seconds_count', { outcome: 'away' })).to.equal(0);
    });

    it('have what inputs and evidence take, and what is free for them', () => {
      const bytes = (what: string) => sumOf(samples, 'tributary_storage_bytes', { what });
      expect(bytes('kept')).to.be.above(0);
      expect(bytes('free')).to.be.above(0);
    });

    it('have the size of the database, an empty queue, and the lag of the event loop', () => {
      expect(sum('database_bytes')).to.be.above(1_000_000);
      expect(sum('driver_queue_depth')).to.equal(0);
      expect(sumOf(samples, 'nodejs_eventloop_lag_seconds')).to.be.within(0, 10);
    });

    it('have no label that names a job, a member, an account or a request', () => {
      const closed: Readonly<Record<string, readonly string[]>> = {
        phase: phases,
        operation: [...Object.keys(operations), 'none'],
        status: ['1xx', '2xx', '3xx', '4xx', '5xx', 'cut'],
        outcome: ['done', 'refused', 'away', 'not-mined'],
        state: ['active', 'finished', 'failed'],
        direction: ['in', 'out'],
        what: ['free', 'kept', 'reserved'],
        stage: ['enrolment', 'input'],
        call: ['version', 'put', 'get', 'pin'],
        effect: [
          'sweep',
          'commit-roster',
          'fix-survivors',
          'abort-on-chain',
          'aggregate',
          'settle',
          'announce',
        ],
      };
      for (const { name, labels } of samples.filter((sample) => sample.name.startsWith('tributary_')))
        for (const [label, value] of Object.entries(labels)) {
          if (label === 'le' || label === 'method') continue;
          expect(closed[label], `${name} ${label}`).to.include(value);
        }
      const methods = samples.flatMap(({ labels }) => labels['method'] ?? []);
      for (const method of methods) expect(method).to.match(/^(eth_[A-Za-z]+|other)$/);
    });

    it('are served nowhere else', async () => {
      expect((await fetch(`${coordinator.url}/metrics`)).status).to.equal(404);
      expect((await fetch(`${coordinator.metricsUrl}/v1/status`)).status).to.equal(404);
    });
  });

  describe('its traces', () => {
    it('lead from what an owner or the buyer sent to the transaction that came of it', () => {
      const [settling] = rpc.seen.filter(({ body }) => body.includes('eth_sendRawTransaction'));
      const trace = parseTraceparent(String(settling?.headers['traceparent']));
      const settled = log.lines.find(({ facts }) => 'phase' in facts && facts.phase === 'settled');
      expect(settled?.facts).to.include({ traceId: trace?.traceId });
    });
  });

  describe('its log, metrics and problems', () => {
    const privateKey = digestOfText('what nobody was to send');
    const hexBytes = (hex: string) => fromHex(hex);
    const secret = (form: string, bytes: Uint8Array): Secret => ({ owner: 'a member', form, bytes });

    function secrets(): Secret[] {
      const { members } = played;
      return [
        secret('key of the coordinator', hexBytes(world.coordinator.key.privateKey)),
        secret('key of the buyer', hexBytes(world.buyer.key.privateKey)),
        secret('key of an RPC provider', new TextEncoder().encode(RPC_KEY)),
        ...weights.map((_, seat) => secret('key of an operator', hexBytes(operatorKey(seat).privateKey))),
        ...[...members.seeds.values()].map((seed) => secret('self seed', seed.reveal())),
        ...members.keys.map(({ mask }) => secret('mask secret', mask.secret.reveal())),
        ...members.keys.map(({ channel }) => secret('channel secret', channel.secret.reveal())),
        ...unmaskingOf(members, 1).shares.map(({ y }) => secret('share', hexBytes(y))),
        ...[...members.dealt.values()].flatMap(({ ciphertexts }) =>
          ciphertexts.filter((text) => text.length > 0).map((text) => secret('ciphertext', text)),
        ),
        secret('signature', hexBytes(unmaskingOf(members, 1).signature)),
        secret('what was sent', hexBytes(privateKey)),
      ];
    }

    /** Refused in each way that has something to give away. */
    async function provoked(): Promise<string[]> {
      const { id, members } = played;
      const attempt = `${coordinator.url}/v1/jobs/${id.job}/rounds/1/attempts/1`;
      const json = { 'content-type': 'application/json' };
      const post = (path: string, body: string) =>
        fetch(`${attempt}/${path}`, { method: 'POST', headers: json, body });
      const answers = await Promise.all([
        post('unmaskings', JSON.stringify(unmaskingOf(members, 2))),
        post('unmaskings', JSON.stringify({ ...unmaskingOf(members, 1), more: privateKey })),
        post('shares', `{"message": "${privateKey}`),
        post('confirmations', JSON.stringify({ [privateKey]: privateKey })),
        fetch(`${attempt}/evidence`, { headers: { authorization: `Tributary ${privateKey.slice(2)}` } }),
        fetch(`${attempt}/inputs/1`, {
          method: 'PUT',
          headers: { 'tributary-message': privateKey },
          body: 'x',
        }),
        fetch(`${coordinator.url}/v1/jobs`, {
          headers: { 'x-request-id': privateKey, traceparent: privateKey },
        }),
      ]);
      return Promise.all(answers.map((answer) => answer.text()));
    }

    it('hold no key, secret, share, ciphertext or signature, in any form', async () => {
      const problems = await provoked();
      expect(problems.filter((text) => text.includes('"code"'))).to.have.length.at.least(6);
      const response = await fetch(`${coordinator.metricsUrl}/metrics`);
      const said = {
        problems: problems.join('\n'),
        metrics: await response.text(),
        log: JSON.stringify(log.lines),
      };
      const recordings = Object.entries(said).map(([channel, text]) => ({
        channel,
        bytes: new TextEncoder().encode(text),
      }));
      const detector = new Detector(secrets());
      expect(detector.search(recordings)).to.deep.equal([]);
      // It would be found.
      for (const one of secrets()) {
        const planted = JSON.stringify({ error: toHex(one.bytes) });
        const found = detector.search([{ channel: 'log', bytes: new TextEncoder().encode(planted) }]);
        expect(
          found.map(({ form }) => form),
          one.form,
        ).to.include(one.form);
      }
    });
  });

  commanded(() => ({ world, ipfsUrl: node.url, coordinator, folder: folders[0], log, weights }));

  describe('its readiness', () => {
    const ready = async () => {
      const response = await fetch(`${coordinator.url}/readyz`);
      const { parts } = (await response.json()) as { parts: Record<string, object> };
      return { status: response.status, parts };
    };
    const fine = { ready: true };

    it('is that of database, chain, IPFS, disk and the place for inputs', async () => {
      await world.chain.mineAt(Math.max(await world.chain.now(), Math.floor(Date.now() / 1_000)) + 1);
      const parts = { database: fine, chain: fine, ipfs: fine, disk: fine, blobs: fine };
      expect(await eventually(ready, ({ status }) => status === 200)).to.deep.equal({ status: 200, parts });
    });

    it('ends with an IPFS node that is gone, which metrics and log say too; it lives on', async () => {
      await node.stop();
      const { parts } = await eventually(ready, ({ status }) => status === 503);
      expect(parts['ipfs']).to.deep.equal({ ready: false, code: 'ipfs/unreachable' });
      expect((await fetch(`${coordinator.url}/healthz`)).status).to.equal(200);
      expect(sumOf(await metrics(), 'tributary_ipfs_request_seconds_count', { outcome: 'away' })).to.be.above(
        0,
      );
      expect(log.lines.find(({ message }) => message === 'not ready')?.facts).to.include({
        part: 'ipfs',
        code: 'ipfs/unreachable',
      });
    });
  });
});
