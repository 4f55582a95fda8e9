/** The proxy and the door do to a connection what they say, and nothing to one that no rule spoils. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { expect } from 'chai';
import { Door } from './door.ts';
import { faultsAtRandom, FaultyProxy, type Fault } from './faulty-proxy.ts';

describe('a faulty proxy', () => {
  const got: { body: string; pieces: number }[] = [];
  let service: Server;
  let target: string;
  let proxy: FaultyProxy;

  before(async () => {
    service = createServer((request, response) => {
      void (async () => {
        let pieces = 0;
        request.on('data', () => (pieces += 1));
        const body = (await buffer(request)).toString();
        got.push({ body, pieces });
        response.setHeader('x-of', 'the service').end(`got ${body}`);
      })();
    }).listen(0, '127.0.0.1');
    await once(service, 'listening');
    target = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
    proxy = await FaultyProxy.start();
    proxy.pointAt(target);
  });
  beforeEach(() => void (got.length = 0));
  after(async () => {
    await proxy.stop();
    service.close();
    await once(service, 'close');
  });

  /** Status and text of the answer; null where the connection broke. */
  async function post(body: string, fault: Fault | null, signal?: AbortSignal): Promise<string | null> {
    proxy.obey(() => fault);
    try {
      const answer = await fetch(proxy.url, { method: 'POST', body, ...(signal && { signal }) });
      return `${answer.status} ${await answer.text()}`;
    } catch {
      return null;
    }
  }

  const bodies = () => got.map(({ body }) => body);

  it('passes a request and its answer on, and keeps what went up and what was said', async () => {
    expect(await post('a', null)).to.equal('200 got a');
    expect(proxy.carried.at(-1)).to.deep.include({ method: 'POST', path: '/', status: 200 });
    expect(proxy.carried.at(-1)?.body.toString()).to.equal('a');
  });

  it('loses, fails and cuts: the service has acted on the last alone', async () => {
    const told: number[] = [];
    expect(await post('lost', { kind: 'lost' })).to.equal(null);
    expect(await post('failed', { kind: 'failed' })).to.equal('502 a gateway that has failed');
    expect(await post('cut', { kind: 'cut', acted: async (status) => void told.push(status) })).to.equal(
      null,
    );
    expect(await post('cut again', { kind: 'cut' })).to.equal(null);
    expect(bodies()).to.deep.equal(['cut', 'cut again']);
    expect(told).to.deep.equal([200]);
    expect(Object.fromEntries(proxy.counts)).to.deep.equal({ lost: 1, failed: 1, cut: 2 });
  });

  it('sends twice, late and in drips', async () => {
    expect(await post('b', { kind: 'twice' })).to.equal('200 got b');
    expect(bodies()).to.deep.equal(['b', 'b']);
    const late = post('late', { kind: 'late', millis: 200 });
    await new Promise((resolve) => setTimeout(resolve, 50));
    await post('early', null);
    await late;
    expect(bodies().slice(2)).to.deep.equal(['early', 'late']);
    expect(await post('a longer body', { kind: 'drips' })).to.equal('200 got a longer body');
    expect(got.at(-1)?.pieces).to.be.above(3);
  });

  it('leaves a connection half-open: no answer comes, and nothing reaches the service', async () => {
    const patience = AbortSignal.timeout(300);
    expect(await post('c', { kind: 'half-open' }, patience)).to.equal(null);
    expect(patience.aborted).to.equal(true);
    expect(bodies()).to.deep.equal([]);
  });

  it('spoils by a seed: the same parts of the same requests, about as many as was asked for', async () => {
    const passing = { method: 'GET', path: '/', headers: {}, body: Buffer.alloc(0) };
    const spoilt = async (seed: string) => {
      const rule = faultsAtRandom(seed, [
        [{ kind: 'lost' }, 0.1],
        [{ kind: 'twice' }, 0.2],
      ]);
      const all = [];
      for (let request = 0; request < 1_000; request += 1) all.push((await rule(passing))?.kind ?? '-');
      return all;
    };
    const first = await spoilt('one');
    expect(first).to.deep.equal(await spoilt('one'));
    expect(first).to.not.deep.equal(await spoilt('another'));
    const count = (kind: string) => first.filter((one) => one === kind).length;
    expect(count('lost')).to.be.within(70, 130);
    expect(count('twice')).to.be.within(160, 240);
  });

  it('stands behind a door that refuses, stays silent, and opens again on the same port', async () => {
    const door = await Door.open(target);
    const ask = async (millis: number) => {
      try {
        return (await fetch(door.url, { signal: AbortSignal.timeout(millis) })).status;
      } catch (error) {
        const { cause } = error as { cause?: { code?: string } };
        return cause?.code ?? (error as Error).name;
      }
    };
    expect(await ask(5_000)).to.equal(200);
    await door.shut();
    expect(await ask(5_000)).to.equal('ECONNREFUSED');
    await door.reopen();
    expect(await ask(5_000)).to.equal(200);
    door.silence();
    expect(await ask(200)).to.equal('TimeoutError');
    door.speak();
    expect(await ask(5_000)).to.equal(200);
    await door.stop();
  });
});
