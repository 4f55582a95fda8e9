/** The benches of a running coordinator: that what they count is all that there is, and that small runs work. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { expect } from 'chai';
import { transition } from '#coordinator/round/transition.ts';
import { toAddress, toSeconds } from '#protocol/units.ts';
import { codeOf } from '#test/coordinator/code-of.ts';
import { domain } from '#test/support/cohort.ts';
import { attemptInMasking } from '../../bench/secagg-service/attempt-in-masking.ts';
import { bytesUp } from '../../bench/secagg-service/bytes-up.ts';
import { countingProxy } from '../../bench/secagg-service/counting-proxy.ts';
import { memoryOf, parseStatus } from '../../bench/secagg-service/memory-of.ts';
import { memoryRun } from '../../bench/secagg-service/server-memory.ts';

describe('the benches of a running coordinator', function () {
  this.timeout(30_000);

  it('count every byte that goes up, and none that comes down', async () => {
    const server = createServer((socket) => socket.end('a long answer')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const proxy = await countingProxy(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    for (const length of [5, 70_000]) {
      const socket = connect(Number(new URL(proxy.url).port), '127.0.0.1');
      socket.resume().end(new Uint8Array(length));
      await once(socket, 'close');
    }
    await proxy.stop();
    server.close();
    expect(proxy.bytesUp()).to.equal(70_005);
  });

  it('read memory as Linux tells it', async () => {
    const status = 'Name:\tnode\nVmHWM:\t  2048 kB\nVmRSS:\t    1024 kB\n';
    expect(parseStatus(status)).to.deep.equal({ now: 1_048_576, peak: 2_097_152 });
    expect(() => parseStatus('Name:\tnode\n')).to.throw('VmRSS');
    if (process.platform !== 'linux') return;
    const { now, peak } = await memoryOf(process.pid);
    expect(now).to.be.within(10_000_000, peak);
  });

  it('refuse a number of inputs that no sparse attempt has', async () => {
    expect(memoryRun('200', '8')).to.deep.equal({ inputs: 200, weights: 1_000_000, atOnce: 8 });
    for (const [inputs, atOnce] of [
      ['100', '1'],
      ['1025', '1'],
      ['x', '1'],
      ['200', '0'],
      ['200', '1.5'],
    ] as const) {
      expect(await codeOf((async () => memoryRun(inputs, atOnce))())).to.equal('bench/option');
    }
  });

  it('begin with an attempt that takes the inputs, signed as they are', () => {
    const buyer = toAddress(`0x${'b0'.repeat(20)}`);
    const { state, inputOf } = attemptInMasking(domain, buyer, 101, 20);
    const { envelope, vector } = inputOf(5);
    expect(vector).to.have.length(Math.ceil((20 * 23) / 8));
    const now = toSeconds(state.deadline - 1);
    const taken = transition(state, { type: 'input', envelope }, now);
    expect(taken).to.have.nested.property('state.inputs.length', 1);
    const other = { ...envelope, message: { ...envelope.message, member: 6 } };
    expect(transition(state, { type: 'input', envelope: other }, now)).to.have.nested.property(
      'refused.code',
      'message/bad-signature',
    );
  });

  it('play a whole attempt for what one client sends up', async () => {
    const { row, ours, unit, limit } = await bytesUp({ clients: 4, small: true });
    expect({ row, unit, limit }).to.deep.equal({ row: 'bytes-up', unit: 'bytes', limit: undefined });
    // Seven messages, about ten requests for views, one for evidence.
    expect(ours).to.be.within(8_000, 15_000);
  });
});
