import { expect } from 'chai';
import { Interface } from 'ethers';
import { disputes } from '#contracts/bindings/disputes.ts';
import { trainingEscrow } from '#contracts/bindings/training-escrow.ts';
import type { Deployment } from '#contracts/deployment.ts';
import { purposeOf, settledRound } from '#coordinator/outbox/purpose.ts';
import { toAddress, type Address, type Hex } from '#protocol/units.ts';
import { digestOfText } from '#test/support/cohort.ts';

const escrow = toAddress(`0x${'e5'.repeat(20)}`);
const court = toAddress(`0x${'d1'.repeat(20)}`);
const deployment = { escrow, disputes: court } as Deployment;

const escrowCalls = new Interface(trainingEscrow.abi);
const root = digestOfText('payouts');
const encoded = (name: string, ...args: unknown[]) => escrowCalls.encodeFunctionData(name, args) as Hex;
const purpose = (data: Hex, to: Address = escrow, value = 0n) => purposeOf(deployment, { to, data, value });

const settlement = {
  ...{ round: 3, attempt: 2, manifest: digestOfText('manifest'), payoutRoot: root },
  ...{ total: 55n, participants: '0x07' },
};
const noQuorum = { signers: '0x', signatures: '0x', buyerSignature: '0x', deadline: 0n };
const quorum = { signers: '0x03', signatures: '0x1234', buyerSignature: '0x5678', deadline: 9n };

describe('the purpose of a transaction', () => {
  it('is a settlement by job, round, attempt and payout root, whoever signed it', () => {
    const settle = (changes: object, by: object = noQuorum) =>
      purpose(encoded('settle', 7n, { ...settlement, ...changes }, by));
    expect(settle({})).to.equal(`settle:7:3:2:${root}`);
    expect(settle({}, quorum)).to.equal(settle({}));
    for (const other of [{ round: 4 }, { attempt: 1 }, { payoutRoot: digestOfText('others') }])
      expect(settle(other)).to.not.equal(settle({}));
    expect(settledRound(settle({}))).to.equal(3);
  });

  it('is a step of an attempt, or of a dispute', () => {
    expect(purpose(encoded('commitRoster', 7n, 3, 2, root))).to.equal(`commitRoster:7:3:2:${root}`);
    expect(purpose(encoded('fixSurvivors', 7n, 3, 2, root))).to.equal(`fixSurvivors:7:3:2:${root}`);
    expect(purpose(encoded('abortAttempt', 7n, 3, 2))).to.equal('abortAttempt:7:3:2');
    const conclude = new Interface(disputes.abi).encodeFunctionData('conclude', [root]) as Hex;
    expect(purpose(conclude, court)).to.equal(`conclude:${root}`);
    expect(settledRound(`conclude:${root}`)).to.equal(null);
  });

  it('is for any other call its receiver, its bytes and what it pays', () => {
    const payee = toAddress(`0x${'cd'.repeat(20)}`);
    const all = [
      purpose('0x', payee),
      purpose('0x', payee, 5n),
      purpose('0x12', payee),
      // A settlement is one at the escrow alone, and with all of its arguments.
      purpose(encoded('settle', 7n, settlement, noQuorum), payee),
      purpose(encoded('settle', 7n, settlement, noQuorum).slice(0, 80) as Hex),
      purposeOf(deployment, { data: '0x12' }),
    ];
    expect(new Set(all).size).to.equal(all.length);
    for (const one of all) expect(one).to.match(/^call:(0x[0-9a-f]{40}|new):\d+:0x[0-9a-f]{64}$/);
  });
});
