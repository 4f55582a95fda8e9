/** Files of transactions: prepared here, signed there, sent once; and what is refused on the way. */
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { Wallet } from 'ethers';
import { send } from '#cli/commands/keys-send.ts';
import { sign } from '#cli/commands/keys-sign.ts';
import { readSettings } from '#cli/settings.ts';
import type { SigningAccount, SigningOptions } from '#cli/unsigned/as-account.ts';
import { asOwner } from '#cli/unsigned/as-owner.ts';
import { readTransactions, writeTransactions, type TransactionFile } from '#cli/unsigned/transaction-file.ts';
import { toAddress, toBytes32 } from '#protocol/units.ts';
import { lightKey, startOwnerStage, type OwnerStage } from './owner-stage.ts';
import { codeOf, inProcess, type Said } from './program.ts';

describe('a file of transactions', function () {
  this.timeout(60_000);
  const operatorA = `0x${'aa'.repeat(20)}`;
  let stage: OwnerStage;
  let file = '';
  const prepare = (
    name: string,
    work: (account: SigningAccount) => Promise<void>,
    more: SigningOptions = {},
  ) => {
    const options = { unsigned: name, from: stage.account, ...more };
    return inProcess(() => asOwner(readSettings(stage.options, {}), options, work));
  };
  const signing = (name: string, more = {}) =>
    inProcess(() => sign({ ...stage.options, keystore: stage.safe, yes: true, ...more }, name));
  const sending = (name: string) => inProcess(() => send(stage.options, name));
  const change = (name: string, edit: (content: TransactionFile) => object) =>
    writeTransactions(name, { ...readTransactions(name), ...edit(readTransactions(name)) });
  const setOperator = (operator: string) => async (account: SigningAccount) => {
    await account.contracts.registry.send.setOperator(BigInt(stage.dataset), toAddress(operator));
  };

  before(async () => {
    stage = await startOwnerStage();
  });
  after(() => stage.stop());
  beforeEach(async () => {
    file = stage.path(`t-${readdirSync(stage.home).length}.json`);
    await prepare(file, setOperator(operatorA));
  });

  it('goes on to the next transaction once the first is mined, with what was decided then', async () => {
    const two = stage.path('two.json');
    const seen: string[] = [];
    const work = async ({ contracts: as, remember }: SigningAccount) => {
      const manifest = toBytes32(remember('manifest', () => `0x${String(seen.length + 1).repeat(64)}`));
      const mined = await as.registry.send.register(manifest, toAddress(operatorA));
      const [event] = as.registry.events('DatasetRegistered', mined.logs);
      seen.push(`registered ${manifest.slice(0, 4)}`);
      await as.registry.send.retire(event!.args.dataset);
      seen.push('retired');
    };
    for (let run = 1; run <= 2; run += 1) {
      await prepare(two, work);
      await signing(two);
      await sending(two);
    }
    expect(seen).to.deep.equal(['registered 0x11']);
    await prepare(two, work);
    expect(seen).to.deep.equal(['registered 0x11', 'registered 0x11', 'retired']);
    expect(readTransactions(two).transactions.map(({ description }) => description)).to.deep.equal([
      `DatasetRegistry.register(manifest: "0x${'1'.repeat(64)}", operator: "${operatorA}")`,
      'DatasetRegistry.retire(dataset: "2")',
    ]);
  });

  it('is for one command: another call is refused, and so is another account', async () => {
    expect(await codeOf(() => prepare(file, setOperator(`0x${'bb'.repeat(20)}`)))).to.equal(
      'unsigned/other-call',
    );
    const other = { from: stage.chain.accounts[2]!.address };
    expect(await codeOf(() => prepare(file, setOperator(operatorA), other))).to.equal(
      'unsigned/other-account',
    );
    change(file, ({ deployment }) => ({ deployment: { ...deployment, escrow: toAddress(operatorA) } }));
    expect(await codeOf(() => prepare(file, setOperator(operatorA)))).to.equal('unsigned/other-chain');
  });

  it('is prepared anew when another transaction took its nonce', async () => {
    const { nonce } = readTransactions(file).transactions[0]!;
    await signing(file);
    await stage.contracts.registry.send.setOperator(BigInt(stage.dataset), toAddress(operatorA));
    expect(await codeOf(() => sending(file))).to.equal('unsigned/nonce-used');
    await prepare(file, setOperator(operatorA));
    expect(readTransactions(file).transactions[0]).to.include({ nonce: nonce + 1, signed: null });
  });

  it('is signed only for the chain, the account and the contracts that are meant', async () => {
    expect(await codeOf(() => signing(file, { chain: 1 }))).to.equal('unsigned/other-chain');
    const stranger = stage.path('stranger.json');
    await lightKey(stranger, new Wallet(stage.chain.accounts[3]!.key));
    expect(await codeOf(() => signing(file, { keystore: stranger }))).to.equal('unsigned/other-account');
    const elsewhere = stage.path('elsewhere.json');
    writeFileSync(elsewhere, JSON.stringify({ ...readTransactions(file).deployment, chainId: 5 }));
    expect(await codeOf(() => signing(file, { deployment: elsewhere }))).to.equal('unsigned/other-chain');
    writeFileSync(
      elsewhere,
      JSON.stringify({ ...readTransactions(file).deployment, registry: `0x${'cc'.repeat(20)}` }),
    );
    expect(await codeOf(() => signing(file, { deployment: elsewhere }))).to.equal('unsigned/unknown-call');
    expect(readTransactions(file).transactions[0]!.signed).to.equal(null);
  });

  it('is signed for what its bytes say, not for what it says of them', async () => {
    const altered = (data: string) =>
      change(file, ({ transactions }) => ({
        transactions: [{ ...transactions[0]!, description: 'harmless', data }],
      }));
    const { data } = readTransactions(file).transactions[0]!;
    for (const bytes of ['0x12345678', `${data}00`, data.slice(0, -2)]) {
      altered(bytes);
      expect(await codeOf(() => signing(file)), bytes).to.equal('unsigned/unknown-call');
    }
    altered(data);
    const { last } = await signing(file, { dryRun: true });
    expect(last).to.have.nested.property('transactions[0].description').that.includes('setOperator');
    expect(readTransactions(file).transactions[0]!.signed).to.equal(null);
  });

  it('is sent only as it was signed, and by whom', async () => {
    await signing(file);
    const [step] = readTransactions(file).transactions;
    change(file, () => ({ transactions: [{ ...step!, gas: '99999' }] }));
    expect(await codeOf(() => sending(file))).to.equal('unsigned/altered');
    change(file, () => ({ transactions: [step!], from: stage.chain.accounts[2]!.address }));
    expect(await codeOf(() => sending(file))).to.equal('unsigned/altered');
  });

  it('is told from other files', async () => {
    writeFileSync(file, '{}');
    expect(await codeOf(() => signing(file))).to.equal('unsigned/bad-file');
    expect(await codeOf(() => sending(stage.path('none.json')))).to.equal('unsigned/bad-file');
    expect(statSync(stage.path('two.json')).mode & 0o777).to.equal(0o600);
  });

  it('is sent only once, also where that was not recorded', async () => {
    await signing(file);
    const signed = readTransactions(file);
    await sending(file);
    const count = await stage.chain.provider.getTransactionCount(stage.account);
    writeTransactions(file, signed);
    const { last } = await sending(file);
    expect((last['transactions'] as Said[])[0]!['transaction']).to.be.a('string');
    expect(await stage.chain.provider.getTransactionCount(stage.account)).to.equal(count);
  });
});
