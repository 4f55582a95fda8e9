/** Owner keys on a machine that does not have the owner's: rotation, withdrawal; import and export. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { exportKey, importKey, show } from '#cli/commands/keys.ts';
import { send } from '#cli/commands/keys-send.ts';
import { sign } from '#cli/commands/keys-sign.ts';
import { init, rotateOperator, withdrawOperator } from '#cli/commands/owner-keys.ts';
import { keystoreAddress, openKeystore } from '#cli/keystore.ts';
import { ownerHome } from '#cli/owner-home.ts';
import { readSettings } from '#cli/settings.ts';
import type { SigningOptions } from '#cli/unsigned/as-account.ts';
import { readTransactions } from '#cli/unsigned/transaction-file.ts';
import { takeLock } from '#datasets/folder-lock.ts';
import { PASSWORD, startOwnerStage, type OwnerStage } from './owner-stage.ts';
import { codeOf, inProcess, tributary, type Said } from './program.ts';
import { registrationOf } from './registration.ts';

const NO_ONE = `0x${'0'.repeat(40)}`;

describe('owner keys', function () {
  this.timeout(60_000);
  let stage: OwnerStage;
  const operatorOnChain = async () =>
    (await stage.contracts.registry.read.standingOf(BigInt(stage.dataset))).operator;

  before(async () => {
    stage = await startOwnerStage();
    await inProcess(() => init({ ...stage.options, operatorOnly: true }));
    expect(existsSync(stage.path('owner.json'))).to.equal(false);
    ownerHome(readSettings(stage.options, {})).register(registrationOf(stage.dataset));
  });
  after(() => stage.stop());

  it('rotates the operator without the owner’s key: prepared here, signed there, sent, taken up', async () => {
    const old = keystoreAddress(stage.path('operator.json'));
    const file = stage.path('rotate.json');
    const rotate = (more: SigningOptions) => inProcess(() => rotateOperator({ ...stage.options, ...more }));
    const dry = await rotate({ dryRun: true });
    expect(dry.last).to.have.property('event', 'dry-run');
    const [told] = dry.last['transactions'] as Said[];
    expect(told!['description']).to.match(
      /^DatasetRegistry\.setOperator\(dataset: "1", operator: "0x[0-9a-f]{40}"\)$/,
    );
    expect(Number(told!['gas'])).to.be.within(30_000, 60_000);
    expect(existsSync(stage.path('operator-next.json'))).to.equal(false);

    expect((await rotate({ unsigned: file })).last).to.include({ event: 'prepared', file });
    const operator = keystoreAddress(stage.path('operator-next.json'));
    expect(readFileSync(file, 'utf8')).to.include(operator.slice(2));
    expect(keystoreAddress(stage.path('operator.json'))).to.equal(old);

    expect(await codeOf(() => send(stage.options, file))).to.equal('unsigned/not-signed');
    const unasked = () => inProcess(() => sign({ ...stage.options, keystore: stage.safe }, file));
    expect(await codeOf(unasked)).to.equal('unsigned/not-confirmed');
    // Another machine: it has the key, and neither home nor chain.
    const signed = await tributary(
      [
        ...['--json', '--home', stage.path('safe'), '--rpc', 'http://127.0.0.1:9', '--password-file', '-'],
        ...['keys', 'sign', file, '--yes'],
      ],
      { input: `${PASSWORD}\n` },
    );
    expect(signed.json).to.have.property('event', 'signed');
    expect(await operatorOnChain()).to.not.equal(operator);

    await inProcess(() => send({ ...stage.options, dryRun: true }, file));
    expect(await operatorOnChain()).to.not.equal(operator);
    for (const time of ['first', 'second']) {
      const { last } = await inProcess(() => send(stage.options, file));
      const [done] = last['transactions'] as Said[];
      expect(done!['transaction'], time).to.match(/^0x[0-9a-f]{64}$/);
    }
    expect(await operatorOnChain()).to.equal(operator);
    const { nonce } = readTransactions(file).transactions[0]!;
    expect(await stage.chain.provider.getTransactionCount(stage.account)).to.equal(nonce + 1);

    const done = await rotate({ unsigned: file });
    const kept = stage.path(`operator-${old}.json`);
    expect(done.last).to.include({ event: 'operator-rotated', operator, kept });
    expect(keystoreAddress(stage.path('operator.json'))).to.equal(operator);
    expect(keystoreAddress(kept)).to.equal(old);
    expect(existsSync(stage.path('operator-next.json'))).to.equal(false);
    const shown = await inProcess(() => show(stage.options));
    const files = (shown.last['keys'] as Said[]).map(({ file: name }) => name);
    expect(files).to.deep.equal([kept, stage.path('operator.json')]);
  });

  it('does not rotate under a running client', async () => {
    const lock = await takeLock(stage.path('client/client.lock'), () => new Error('held') as never);
    const refused = await rotateOperator({ ...stage.options, unsigned: stage.path('other.json') }).catch(
      (error: unknown) => error,
    );
    expect(refused).to.have.property('code', 'owner/client-running');
    expect(refused).to.have.property('message').that.includes(String(process.pid));
    await lock.release();
  });

  it('withdraws the operator, and leaves the dataset with its owner', async () => {
    const file = stage.path('withdraw.json');
    const withdraw = (unsigned: string) => inProcess(() => withdrawOperator({ ...stage.options, unsigned }));
    await withdraw(file);
    await inProcess(() => sign({ ...stage.options, keystore: stage.safe, yes: true }, file));
    await inProcess(() => send(stage.options, file));
    expect(await operatorOnChain()).to.equal(NO_ONE);
    expect(await stage.contracts.registry.read.ownerOf(BigInt(stage.dataset))).to.equal(stage.account);
    const again = await withdraw(stage.path('withdraw-2.json'));
    expect(again.last).to.include({ event: 'operator-withdrawn', operator: NO_ONE });
    expect(existsSync(stage.path('withdraw-2.json'))).to.equal(false);
  });

  it('goes out as a bare key and comes in again, and never over another', async () => {
    const [out, copy] = [stage.path('key.txt'), stage.path('copy.json')];
    expect(await codeOf(() => exportKey({ ...stage.options, out }, stage.safe))).to.equal(
      'keys/not-confirmed',
    );
    await inProcess(() => exportKey({ ...stage.options, out, yes: true, dryRun: true }, stage.safe));
    expect(existsSync(out)).to.equal(false);
    await inProcess(() => exportKey({ ...stage.options, out, yes: true }, stage.safe));
    expect(statSync(out).mode & 0o777).to.equal(0o600);
    expect(await codeOf(() => exportKey({ ...stage.options, out, yes: true }, stage.safe))).to.equal(
      'keys/out-exists',
    );
    await inProcess(() => importKey({ ...stage.options, keyFile: out }, copy));
    expect((await openKeystore(copy, PASSWORD)).address).to.equal(stage.owner.address);
    expect(await codeOf(() => importKey({ ...stage.options, keyFile: out }, copy))).to.equal(
      'keystore/exists',
    );
    expect(
      await codeOf(() =>
        importKey({ ...stage.options, keyFile: stage.path('password') }, stage.path('n.json')),
      ),
    ).to.equal('keys/not-a-key');
    writeFileSync(stage.path('bad.json'), '{}');
    expect(await codeOf(() => keystoreAddress(stage.path('bad.json')))).to.equal('keystore/damaged');
  });
});
