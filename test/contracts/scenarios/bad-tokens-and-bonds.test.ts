import { expect } from 'chai';
import { deployContract } from '#contracts/artifact.ts';
import { writeContract } from '#contracts/typed-contract.ts';
import { disputesOf, evidence } from '../dispute.ts';
import { activeJob, leavesOf, openJob, opening, settleRounds } from '../job.ts';
import { hostileToken } from '../mocks.ts';
import { ARBITER_FEE, at, list, refusal, startWorld, type Actor, type World } from '../world.ts';

describe('scenario: the payment token turns bad while bonds and fees are paid', () => {
  let world: World;
  before(
    async () =>
      void (world = await startWorld(
        async (chain) => (await deployContract(at(chain.accounts, 0).transactor, hostileToken, [])).created,
        { bonds: true },
      )),
  );
  beforeEach(() => world.reset());
  after(() => world.stop());

  const token = () => writeContract(hostileToken, world.deployment.paymentToken, world.stranger.transactor);
  const balance = (actor: Actor) => actor.contracts.paymentToken.read.balanceOf(actor.address);

  async function posted() {
    const job = await activeJob(world, {
      rounds: 2,
      seats: [
        { price: 100n, units: 2 },
        { price: 50n, units: 2 },
      ],
    });
    const settled = at(await settleRounds(world, job, 1, () => leavesOf([1, 1])), 0);
    return { job, settled, disputes: disputesOf(world, job) };
  }

  it('a fee on transfer is refused with the bond of either side', async () => {
    const { settled, disputes } = await posted();
    await token().send.setFee(1n);
    expect(await refusal(disputes.challenge(settled))).to.match(
      /^escrow\/wrong-bond-received .*expected 1000, received 990/,
    );
    expect(await disputes.frozenFrom()).to.equal(0);
    await token().send.setFee(0n);
    const head = await disputes.challenge(settled);
    await token().send.setFee(1n);
    expect(await refusal(disputes.defend(head))).to.match(
      /^escrow\/wrong-bond-received .*expected 1000, received 990/,
    );
    expect(await disputes.statusOf(head)).to.equal('Open');
  });

  it('a fee on transfer is refused with the fee of the seats', async () => {
    await world.deployer.contracts.policy.send.setFee(500);
    const { job } = await openJob(world, { rounds: 2, fee: 500, seats: [] });
    const gift = await list(world, 0, 0n);
    const paid = await list(world, 1, 2_000n);
    const { accessToken, escrow } = world.buyer.contracts;
    for (const { tokenId } of [gift, paid]) await accessToken.send.buy(tokenId, 2n);
    await token().send.setFee(10n);
    // A gift moves nothing, so that nothing is lost on the way.
    await escrow.send.addSeats(job, [gift.tokenId], [2]);
    expect(await refusal(escrow.send.addSeats(job, [paid.tokenId], [2]))).to.match(
      /^escrow\/wrong-amount-received/,
    );
  });

  it('a quiet refusal is a refusal wherever money moves', async () => {
    const { job, settled, disputes } = await posted();
    const head = await disputes.challenge(settled);
    const offer = await list(world, 5, 10n);
    const { accessToken, escrow } = world.buyer.contracts;
    await accessToken.send.buy(offer.tokenId, 1n);
    const other = await openJob(world, { rounds: 1, bonusPool: 3n, seats: [] });
    await escrow.send.cancel(other.job);
    const terms = await opening(world, { bonusPool: 5n });
    await token().send.setRefusesQuietly(true);
    const moves = {
      buy: () => accessToken.send.buy(offer.tokenId, 1n),
      redeem: () => accessToken.send.redeem(offer.tokenId, 1n),
      open: () => escrow.send.open(terms),
      withdraw: () => escrow.send.withdraw(),
      defend: () => disputes.defend(head),
    };
    for (const [name, move] of Object.entries(moves)) {
      expect(await refusal(move()), name).to.match(/^escrow\/refused .*SafeERC20FailedOperation/);
    }
    await token().send.setRefusesQuietly(false);
    await disputes.defend(head);
    await disputes.judge(head, true);
    await token().send.setRefusesQuietly(true);
    expect(await refusal(world.arbiter.contracts.disputes.send.withdraw())).to.match(/^escrow\/refused/);
    expect(await disputes.creditOf(world.arbiter)).to.equal(ARBITER_FEE);
    await world.chain.mineAt(settled.readyAt);
    const { record, tree } = settled;
    const claim = () => escrow.send.claimFor(job.job, record, at(tree.leaves, 0), tree.proof(0));
    expect(await refusal(claim())).to.match(/^escrow\/refused/);
    await token().send.setRefusesQuietly(false);
    await claim();
  });

  it('a blocked party holds up neither the judgement nor the others', async () => {
    const { settled, disputes } = await posted();
    const head = await disputes.challenge(settled);
    await disputes.defend(head);
    for (const actor of [world.coordinator, world.stranger])
      await token().send.setBlocked(actor.address, true);
    await disputes.judge(head, true);
    await world.arbiter.contracts.disputes.send.withdraw();
    expect(await balance(world.arbiter)).to.equal(ARBITER_FEE);
    expect(await refusal(world.coordinator.contracts.disputes.send.withdraw())).to.match(/^escrow\/refused/);
    await token().send.setBlocked(world.coordinator.address, false);
    await world.coordinator.contracts.disputes.send.withdraw();
    expect(await disputes.held()).to.equal(0n);
  });

  it('a blocked owner is paid to another account of its choice', async () => {
    const { job, settled } = await posted();
    const { owner } = at(job.listings, 0);
    await token().send.setBlocked(owner.address, true);
    await world.chain.mineAt(settled.readyAt);
    const { record, tree } = settled;
    const leaf = [job.job, record, at(tree.leaves, 0), tree.proof(0)] as const;
    expect(await refusal(world.stranger.contracts.escrow.send.claimFor(...leaf))).to.match(
      /^escrow\/refused/,
    );
    expect(
      await refusal(world.stranger.contracts.escrow.send.claim(...leaf, world.stranger.address)),
    ).to.match(/^escrow\/not-dataset-owner/);
    const before = await balance(world.arbiter);
    await owner.contracts.escrow.send.claim(...leaf, world.arbiter.address);
    expect(await balance(world.arbiter)).to.equal(before + 100n);
  });

  it('a token that calls back opens nothing of the disputes', async () => {
    const { job, settled, disputes } = await posted();
    const first = await disputes.challenge(settled);
    await disputes.defend(first);
    await disputes.judge(first, true);
    const next = at(await settleRounds(world, job, 1, () => leavesOf([2, 2])), 0);
    const { encode } = world.stranger.contracts.disputes;
    const inner = {
      challenge: encode.challenge(job.job, next.record, evidence),
      defend: encode.defend(next.head, evidence),
      withdraw: encode.withdraw(),
    };
    const outer: [string, () => Promise<unknown>][] = [
      ['challenge', () => disputes.challenge(next)],
      ['withdraw', () => world.arbiter.contracts.disputes.send.withdraw()],
    ];
    const within = async (list: typeof outer) => {
      for (const [name, act] of list) {
        for (const [what, data] of Object.entries(inner)) {
          await token().send.setCallback(world.deployment.disputes, data);
          expect(await refusal(act()), `${what} within ${name}`).to.match(/ReentrancyGuardReentrantCall/);
        }
      }
    };
    await within(outer);
    await token().send.setCallback(
      world.deployment.registry,
      world.stranger.contracts.registry.encode.setApprovalForAll(world.deployment.escrow, true),
    );
    await disputes.challenge(next);
    await within([['defend', () => disputes.defend(next.head)]]);
    // A judgement in the middle of the answer: by nobody who is not the arbiter.
    await token().send.setCallback(world.deployment.disputes, encode.judge(next.head, true));
    expect(await refusal(disputes.defend(next.head))).to.match(/^escrow\/not-arbiter/);
  });
});
