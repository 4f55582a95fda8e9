/** `tributary admin` and `owner rotate-seat` on a real chain: what they say, announce, make and refuse. */
import { rmSync } from 'node:fs';
import { expect } from 'chai';
import { Wallet } from 'ethers';
import { cancel, listArbiter, pause, removeArbiter, setFee, unpause } from '#cli/commands/admin.ts';
import { collect } from '#cli/commands/admin-fees.ts';
import { show } from '#cli/commands/admin-show.ts';
import { deployContracts } from '#cli/commands/chain.ts';
import { rotateSeat } from '#cli/commands/owner-seats.ts';
import { readDeployment } from '#cli/chain.ts';
import { toAddress } from '#protocol/units.ts';
import { lightKey, startOwnerStage, type OwnerStage } from './owner-stage.ts';
import { codeOf, inProcess, type Said } from './program.ts';

const DELAY = 500;

describe('tributary admin', function () {
  this.timeout(120_000);
  let stage: OwnerStage;
  /** A second deployment in a home of its own, whose administrator has a delay. */
  let home: string;
  let deployment: string;
  before(async () => {
    stage = await startOwnerStage();
    home = stage.path('admin');
    deployment = stage.path('second.json');
    await lightKey(`${home}/admin.json`, new Wallet(stage.chain.accounts[2]!.key));
    await inProcess(() =>
      deployContracts({
        ...{ ...stage.options, home, deployment, minRoundTimeout: 5, minShortWindow: 2, minLongWindow: 30 },
        ...{
          fee: 150,
          feeRecipient: stage.account,
          arbiter: stage.chain.accounts[3]!.address,
          arbiterFee: 77n,
        },
        ...{
          admin: stage.chain.accounts[2]!.address,
          adminDelay: DELAY,
          defenceWindow: 41,
          judgementWindow: 42,
        },
      }),
    );
  });
  after(() => stage.stop());

  const options = () => ({ ...stage.options, home, deployment });
  const said = async (work: () => Promise<void>): Promise<Said> => (await inProcess(work)).last;
  const shown = () => said(() => show(options()));

  it('deploys with the fee, arbiter, windows and administrator that are asked for, and shows them', async () => {
    const admin = stage.chain.accounts[2]!.address;
    expect(await shown()).to.deep.include({
      ...{ event: 'administration', fee: 150, maxFee: 500, paused: false, feeRecipient: stage.account },
      arbiters: [{ address: stage.chain.accounts[3]!.address, fee: '77' }],
      ...{ floors: { minRoundTimeout: 5, minShortWindow: 2, minLongWindow: 30 } },
      ...{ defenceWindow: 41, judgementWindow: 42, announced: [] },
      roles: [
        { role: 'conditions', account: admin, delay: DELAY },
        { role: 'pause', account: admin, delay: 0 },
        { role: 'administrator', account: admin, delay: DELAY },
      ],
    });
  });

  it('announces a change, says so until it is due, makes it when run again, and cancels what is announced', async () => {
    const first = await said(() => setFee(options(), '200'));
    expect(first).to.include({ event: 'change', outcome: 'announced' });
    expect(await said(() => setFee(options(), '200'))).to.include({
      ...{ outcome: 'waiting', operation: first['operation'], from: first['from'] },
    });
    expect(await codeOf(() => setFee({ ...options(), execute: true }, '200'))).to.equal('escrow/not-ready');
    expect(await codeOf(() => setFee({ ...options(), execute: true }, '201'))).to.equal(
      'escrow/not-scheduled',
    );
    const second = await said(() => listArbiter({ ...options(), fee: 5n }, stage.account));
    const { announced } = (await shown()) as unknown as { announced: Said[] };
    expect(announced.map(({ what, state }) => [what, state])).to.deep.equal([
      ['OpeningPolicy.setFee(fee_: 200)', 'announced'],
      [`OpeningPolicy.listArbiter(arbiter: "${stage.account}", arbiterFee: "5")`, 'announced'],
    ]);
    expect(await codeOf(() => cancel(options(), '0x'))).to.equal('admin/no-such-announcement');
    const operation = String(second['operation']);
    expect(await said(() => cancel(options(), operation.slice(0, 12)))).to.include({
      event: 'cancelled',
      operation,
    });
    await stage.chain.mineAt(Number(first['from']));
    expect(await said(() => setFee({ ...options(), execute: true }, '200'))).to.include({ outcome: 'made' });
    expect(await shown()).to.deep.include({ fee: 200, announced: [] });
  });

  it('pauses and goes on at once, and refuses what no change could be before it is announced', async () => {
    expect(await said(() => pause(options()))).to.include({ outcome: 'made' });
    expect(await shown()).to.include({ paused: true });
    expect(await said(() => unpause(options()))).to.include({ outcome: 'made' });
    expect(await shown()).to.include({ paused: false });
    expect(await codeOf(() => setFee(options(), '501'))).to.equal('escrow/fee-above-cap');
    expect(await codeOf(() => removeArbiter(options(), stage.account))).to.equal('escrow/arbiter-not-listed');
    expect(await shown()).to.deep.include({ announced: [] });
  });

  it('prepares a change for another machine, and tells a dry run what it would announce', async () => {
    const block = await stage.chain.provider.getBlockNumber();
    const dry = await said(() => setFee({ ...options(), dryRun: true }, '300'));
    const { transactions } = dry as unknown as { transactions: { description: string }[] };
    expect(dry['event']).to.equal('dry-run');
    expect(transactions.map(({ description }) => description)).to.deep.equal([
      `Administration.schedule(target: "${readDeployment(deployment).policy}", data: OpeningPolicy.setFee(fee_: 300), when: 0)`,
    ]);
    const file = stage.path('fee.json');
    expect(await said(() => setFee({ ...options(), unsigned: file }, '300'))).to.include({
      event: 'prepared',
      file,
    });
    expect(await stage.chain.provider.getBlockNumber(), 'nothing was sent').to.equal(block);
    rmSync(file);
  });

  it('obeys no other key, and on the local chain is the account that deployed there', async () => {
    const other = { ...options(), home: stage.path('stranger') };
    expect(await codeOf(() => pause(other)), 'the faucet here').to.equal('escrow/not-authorized');
    const first = { ...stage.options, home: stage.path('stranger') };
    expect(await said(() => setFee(first, '10'))).to.include({ outcome: 'made' });
    expect(await said(() => listArbiter({ ...first, fee: 4n }, stage.account))).to.include({
      outcome: 'made',
    });
    const arbiters = (await said(() => show(first)))['arbiters'];
    expect(arbiters).to.deep.include({ address: stage.account, fee: '4' });
    expect(await said(() => removeArbiter(first, stage.account))).to.include({ outcome: 'made' });
    expect((await said(() => show(first)))['arbiters']).to.not.deep.include({
      address: stage.account,
      fee: '4',
    });
  });

  it('collects nothing where nothing was claimed', async () => {
    expect(await said(() => collect(options()))).to.include({
      ...{ event: 'fees', collected: '0', withdrawn: '0', credits: '0', recipient: stage.account },
    });
  });

  it('gives a dataset that was bought the key of its new owner, or says in a dry run what it would sign', async () => {
    const buyer = stage.chain.accounts[4]!;
    const operator = toAddress(`0x${'0f'.repeat(20)}`);
    const seat = { ...stage.options, home: stage.path('new-owner'), dataset: stage.dataset, operator };
    await lightKey(`${seat.home}/owner.json`, new Wallet(buyer.key));
    expect(await codeOf(() => rotateSeat(seat))).to.equal('owner/not-owner');
    const { registry } = stage.contracts;
    await registry.send.transferFrom(stage.account, buyer.address, BigInt(stage.dataset));
    const dry = await said(() => rotateSeat({ ...seat, dryRun: true }));
    expect(JSON.stringify(dry['transactions'])).to.include('DatasetRegistry.setOperator');
    expect((await registry.read.standingOf(BigInt(stage.dataset))).operator).to.equal(`0x${'00'.repeat(20)}`);
    expect(await said(() => rotateSeat(seat))).to.deep.include({
      event: 'seats-rotated',
      operator,
      seats: [],
    });
    expect((await registry.read.standingOf(BigInt(stage.dataset))).operator).to.equal(operator);
  });
});
