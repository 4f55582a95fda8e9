import { expect } from 'chai';
import type { Settlement } from '#contracts/bindings/training-escrow.ts';
import { deployContract } from '#contracts/artifact.ts';
import { writeContract } from '#contracts/typed-contract.ts';
import { signTyped } from '#protocol/signature.ts';
import { typedDigest } from '#protocol/typed-digest.ts';
import type { Hex } from '#protocol/units.ts';
import { digestOfText, operatorKey } from '#test/support/cohort.ts';
import { activeJob, opening, quorumOf, settle, settlement, signedFields, type TestJob } from './job.ts';
import { contractWallet } from './mocks.ts';
import { wideJob } from './wide-job.ts';
import { at, list, refusal, startWorld, type World } from './world.ts';

describe('quorum', () => {
  let world: World;
  let job: TestJob;
  let given: Settlement;
  let deadline: bigint;
  before(async () => void (world = await startWorld()));
  beforeEach(async () => {
    await world.reset();
    const seats = Array.from({ length: 7 }, () => ({ price: 5n, units: 2 }));
    job = await activeJob(world, { rounds: 2, seats });
    given = settlement(job, 1, digestOfText('root'), [0, 1, 2, 3, 4]);
    deadline = BigInt(await world.chain.now()) + 500n;
  });
  after(() => world.stop());

  const escrow = () => world.coordinator.contracts.escrow;
  const quorum = (signers: readonly number[]) => quorumOf(world, job, given, signers, deadline);
  const domain = () => ({ chainId: world.deployment.chainId, escrow: world.deployment.escrow });

  it('shortens the window, and the event says who signed', async () => {
    const { readyAt, mined } = await settle(world, job, given, quorum([0, 1, 2, 3]));
    expect(readyAt).to.equal((await world.chain.now()) + 100);
    expect(at(escrow().events('RoundSettled', mined.logs), 0).args.signers).to.equal('0x0f');
  });

  it('does not make a round final before an earlier one without a quorum', async () => {
    const first = await settle(world, job, given);
    given = settlement(job, 2, digestOfText('root'), [0, 1, 2, 3, 4]);
    const second = await settle(world, job, given, quorum([0, 1, 2, 3]));
    expect(second.readyAt).to.equal(first.readyAt);
  });

  it('is more than half of all seats', async () => {
    given = settlement(job, 1, digestOfText('root'), [0, 1, 2]);
    expect(await refusal(settle(world, job, given, quorum([0, 1, 2])))).to.match(
      /^escrow\/quorum-too-small .*signers 3, seats 7, signingParticipants 3, participants 3/,
    );
    await settle(world, job, given, quorum([0, 1, 2, 6]));
  });

  it('is exactly half refused, of an even number of seats', async () => {
    const even = await activeJob(world, {
      rounds: 1,
      seats: [1n, 2n, 3n, 4n].map((price) => ({ price, units: 1 })),
    });
    const one = settlement(even, 1, digestOfText('root'), [0, 1]);
    expect(await refusal(settle(world, even, one, quorumOf(world, even, one, [0, 1], deadline)))).to.match(
      /^escrow\/quorum-too-small/,
    );
    await settle(world, even, one, quorumOf(world, even, one, [0, 1, 2], deadline));
  });

  it('has two thirds of the participants in it', async () => {
    given = settlement(job, 1, digestOfText('root'), [0, 1, 2, 3, 4, 5]);
    expect(await refusal(settle(world, job, given, quorum([0, 1, 2, 6])))).to.match(
      /^escrow\/quorum-too-small .*signers 4, seats 7, signingParticipants 3, participants 6/,
    );
    await settle(world, job, given, quorum([0, 1, 2, 3]));
  });

  it('holds until its deadline, to the second', async () => {
    const signed = quorum([0, 1, 2, 3]);
    const snapshot = await world.chain.snapshot();
    await world.chain.nextBlockAt(Number(deadline) + 1);
    expect(await refusal(settle(world, job, given, signed))).to.match(/^escrow\/quorum-expired/);
    await world.chain.revert(snapshot);
    await world.chain.nextBlockAt(Number(deadline));
    await settle(world, job, given, signed);
  });

  it('refuses half of a quorum: signatures alone, or the buyer alone', async () => {
    const signed = quorum([0, 1, 2, 3]);
    expect(await refusal(settle(world, job, given, { ...signed, buyerSignature: '0x' }))).to.match(
      /^escrow\/bad-approval/,
    );
    const alone = { ...signed, signers: '0x' as Hex, signatures: '0x' as Hex };
    expect(await refusal(settle(world, job, given, alone))).to.match(/^escrow\/bitmap-length/);
    const unsigned = { ...signed, signers: '0x' as Hex, buyerSignature: '0x' as Hex };
    expect(await refusal(settle(world, job, given, unsigned))).to.match(/^escrow\/bitmap-length/);
  });

  it('needs the buyer’s approval of this very settlement, and no attestation will do for it', async () => {
    const signed = quorum([0, 1, 2, 3]);
    const message = signedFields(job, given, deadline);
    const asAttestation = world.buyer.key.sign(typedDigest(domain(), 'Attestation', message))
      .serialized as Hex;
    expect(await refusal(settle(world, job, given, { ...signed, buyerSignature: asAttestation }))).to.match(
      /^escrow\/bad-approval/,
    );
    const byStranger = world.stranger.key.sign(typedDigest(domain(), 'Approval', message)).serialized as Hex;
    expect(await refusal(settle(world, job, given, { ...signed, buyerSignature: byStranger }))).to.match(
      /^escrow\/bad-approval/,
    );
    const approvals = [0, 1, 2, 3].map((seat) =>
      signTyped(operatorKey(seat), domain(), 'Approval', message).slice(2),
    );
    expect(
      await refusal(settle(world, job, given, { ...signed, signatures: `0x${approvals.join('')}` })),
    ).to.match(/^escrow\/bad-attestation/);
  });

  it('takes the approval of a buyer that is a contract', async () => {
    const { transactor, address } = world.buyer;
    const wallet = writeContract(
      contractWallet,
      (await deployContract(transactor, contractWallet, [address])).created,
      transactor,
    );
    const { encode } = world.buyer.contracts.escrow;
    const { encode: tokens } = world.buyer.contracts.accessToken;
    const listing = await list(world, 20, 0n);
    await wallet.send.execute(world.deployment.accessToken, tokens.buy(listing.tokenId, 1n));
    await wallet.send.execute(
      world.deployment.accessToken,
      tokens.setApprovalForAll(world.deployment.escrow, true),
    );
    await wallet.send.execute(world.deployment.escrow, encode.open(await opening(world, { rounds: 1 })));
    const number = job.job + 1n;
    await wallet.send.execute(world.deployment.escrow, encode.addSeats(number, [listing.tokenId], [1]));
    await wallet.send.execute(world.deployment.escrow, encode.activate(number));

    const its: TestJob = { ...job, job: number, listings: [listing], seats: [{ price: 0n, units: 1 }] };
    const one = settlement(its, 1, digestOfText('root'), [0]);
    const signed = quorumOf(world, its, one, [0], deadline);
    const byStranger = world.stranger.key.sign(
      typedDigest(domain(), 'Approval', signedFields(its, one, deadline)),
    ).serialized as Hex;
    expect(await refusal(settle(world, its, one, { ...signed, buyerSignature: byStranger }))).to.match(
      /bad-approval/,
    );
    const { readyAt } = await settle(world, its, one, signed);
    expect(readyAt).to.equal((await world.chain.now()) + 100);
  });

  it('counts bits beyond the first word of a bitmap', async () => {
    const seats = Array.from({ length: 261 }, () => ({ price: 0n, units: 1 }));
    const wide = await wideJob(world, seats, 1);
    deadline = BigInt(await world.chain.now()) + 500n;
    const all = seats.map((_, seat) => seat);
    const one = settlement(wide, 1, digestOfText('root'), all);
    const signers = all.slice(0, 173);
    expect(await refusal(settle(world, wide, one, quorumOf(world, wide, one, signers, deadline)))).to.match(
      /^escrow\/quorum-too-small .*signers 173, seats 261, signingParticipants 173, participants 261/,
    );
    await settle(world, wide, one, quorumOf(world, wide, one, all.slice(261 - 174), deadline));
  });
});
