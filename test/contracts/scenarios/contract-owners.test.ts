import { expect } from 'chai';
import { deployContract } from '#contracts/artifact.ts';
import { writeContract } from '#contracts/typed-contract.ts';
import { operatorAddress } from '#test/support/cohort.ts';
import { leavesOf, opening, settleRounds } from '../job.ts';
import { hostileOwner } from '../mocks.ts';
import { at, startWorld, type World } from '../world.ts';

describe('scenario: owners are contracts that burn all gas, or revert, when they are called', () => {
  let world: World;
  before(async () => void (world = await startWorld()));
  beforeEach(() => world.reset());
  after(() => world.stop());

  for (const burns of [true, false]) {
    it(`one that ${burns ? 'burns' : 'reverts'} is never called: it sells, is paid, and holds up nobody`, async () => {
      const { transactor, contracts } = world.buyer;
      const { created } = await deployContract(transactor, hostileOwner, [burns]);
      const owner = writeContract(hostileOwner, created, transactor);
      const { logs } = await owner.send.list(world.deployment.accessToken, operatorAddress(0), 70n, 9);
      const { tokenId, dataset } = at(contracts.accessToken.events('OfferMade', logs), 0).args;
      const { accessToken, escrow, paymentToken } = contracts;
      await accessToken.send.buy(tokenId, 2n);
      const terms = await opening(world, { rounds: 2 });
      const { job } = at(escrow.events('JobOpened', (await escrow.send.open(terms)).logs), 0).args;
      await escrow.send.addSeats(job, [tokenId], [2]);
      await escrow.send.activate(job);
      const seats = [{ price: 70n, units: 2 }];
      const test = { job, rounds: 2, bonusPool: 0n, seats, listings: [], cutoff: Number(terms.cutoff) };
      const settled = at(await settleRounds(world, test, 2, (round) => leavesOf([round])), 1);
      await world.chain.mineAt(settled.readyAt);
      const { record, tree } = settled;
      const { gasUsed } = await escrow.send.claimFor(job, record, at(tree.leaves, 0), tree.proof(0));
      expect(gasUsed < 200_000n, `${gasUsed} gas`).to.equal(true);
      expect(await paymentToken.read.balanceOf(created)).to.equal(140n);
      expect(await contracts.registry.read.ownerOf(dataset)).to.equal(created);
      await escrow.send.close(job);
    });
  }
});
