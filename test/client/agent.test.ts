import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { startClient, type ClientOptions } from '#client/agent.ts';
import { holder } from '#client/hold.ts';
import { TributaryError } from '#crypto/error.ts';
import { takeLock } from '#datasets/folder-lock.ts';
import { toAddress } from '#protocol/units.ts';
import { operatorKey } from '#test/support/cohort.ts';
import { deploymentAt } from '#test/support/deployment.ts';
import { newHome, removeHomes } from './support/home.ts';
import { codeOf, messageOf } from './support/outcome.ts';

const nowhere = toAddress(`0x${'11'.repeat(20)}`);

function options(change: Partial<ClientOptions> = {}): ClientOptions {
  return {
    folder: newHome(),
    key: operatorKey(0),
    deployment: deploymentAt(nowhere),
    // Port 9 discards; nobody listens there.
    rpcUrl: 'http://127.0.0.1:9',
    ipfsUrl: 'http://127.0.0.1:9',
    dataset: 1,
    csv: 'rows.csv',
    salt: new Uint8Array(32),
    log: { info: () => undefined, warn: () => undefined },
    ...change,
  };
}

describe('a client', () => {
  afterEach(removeHomes);

  it('waits for a chain that is away, says so, and stops when told, its home free again', async () => {
    let waits: (code: string) => void = () => undefined;
    const waiting = new Promise<string>((resolve) => (waits = resolve));
    const log = { info: () => undefined, warn: (facts: object) => waits((facts as { code: string }).code) };
    const chosen = options({ log });
    const client = startClient(chosen);
    expect(await waiting).to.equal('chain/unreachable');
    expect(existsSync(join(chosen.folder, 'client.lock'))).to.equal(true);
    await client.stop();
    expect(await codeOf(client.done)).to.equal('nothing thrown');
    expect(existsSync(join(chosen.folder, 'client.lock'))).to.equal(false);
  });

  it("stops with its caller's signal", async () => {
    const stop = new AbortController();
    const client = startClient(options({ signal: stop.signal }));
    stop.abort();
    expect(await codeOf(client.done)).to.equal('nothing thrown');
  });

  it('does not start in a home that another one has', async () => {
    const chosen = options();
    const lock = await takeLock(
      join(chosen.folder, 'client.lock'),
      () => new TributaryError('client/locked', ''),
    );
    expect(await codeOf(startClient(chosen).done)).to.equal('client/locked');
    await lock.release();
  });

  it('holds on the local chain alone', async () => {
    const { deployment } = options();
    const elsewhere = { ...deployment, chainId: 1 };
    const client = startClient(options({ deployment: elsewhere, hold: { phase: 'masking' } }));
    expect(await codeOf(client.done)).to.equal('hold/refused');
  });
});

describe('the hold', () => {
  it('says where it stands and waits there until the end', async () => {
    const stop = new AbortController();
    const said: string[] = [];
    const hold = holder({ phase: 'masking', round: 2 }, 31_337, (line) => void said.push(line), stop.signal);
    await hold('masking', 1);
    await hold('sharing', 2);
    expect(said).to.deep.equal([]);
    const held = hold('masking', 2);
    expect(said).to.deep.equal(['held: masking round 2']);
    stop.abort(new Error('enough'));
    expect(await messageOf(held)).to.equal('enough');
    expect(await messageOf(hold('masking', 2))).to.equal('enough');
  });

  it('takes the first round where none is named, and is nothing where none is set', async () => {
    const said: string[] = [];
    const signal = AbortSignal.abort(new Error('enough'));
    const any = holder({ phase: 'sharing', round: null }, 31_337, (line) => void said.push(line), signal);
    await any('sharing', 4).catch(() => undefined);
    await holder(undefined, 1, (line) => void said.push(line), signal)('sharing', 4);
    await holder(null, 31_337, (line) => void said.push(line), signal)('sharing', 4);
    expect(said).to.deep.equal(['held: sharing round 4']);
  });
});
