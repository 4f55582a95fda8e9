/** Jobs of hundreds of seats, for bitmaps of several words and for gas. */
import { deployContract } from '#contracts/artifact.ts';
import { writeContract } from '#contracts/typed-contract.ts';
import { operatorAddress } from '#test/support/cohort.ts';
import { opening, type SeatPlan, type TestJob } from './job.ts';
import { bulkOwner } from './mocks.ts';
import { at, type Listing, type World } from './world.ts';

/** Datasets of one transaction: each costs some 300,000 gas. */
const LISTED_AT_ONCE = 40;
const SEATS_AT_ONCE = 250;

/** @param seats all of one price and one number of units */
export async function wideJob(world: World, seats: readonly SeatPlan[], rounds: number): Promise<TestJob> {
  const { price, units } = at(seats, 0);
  const { transactor, contracts } = world.buyer;
  const { created } = await deployContract(transactor, bulkOwner, []);
  const owner = writeContract(bulkOwner, created, transactor);
  await contracts.paymentToken.send.mint(created, price * BigInt(units * seats.length));
  const operators = seats.map((_, seat) => operatorAddress(seat));
  const listings: Listing[] = [];
  for (let from = 0; from < operators.length; from += LISTED_AT_ONCE) {
    const some = operators.slice(from, from + LISTED_AT_ONCE);
    const { logs } = await owner.send.list(
      world.deployment.accessToken,
      some,
      price,
      units,
      world.buyer.address,
    );
    for (const { args } of contracts.accessToken.events('OfferMade', logs)) {
      listings.push({ ...args, owner: world.deployer, operator: listings.length });
    }
  }

  const terms = await opening(world, { rounds });
  const opened = await contracts.escrow.send.open(terms);
  const { job } = at(contracts.escrow.events('JobOpened', opened.logs), 0).args;
  const tokens = listings.map(({ tokenId }) => tokenId);
  for (let from = 0; from < tokens.length; from += SEATS_AT_ONCE) {
    const some = tokens.slice(from, from + SEATS_AT_ONCE);
    await contracts.escrow.send.addSeats(
      job,
      some,
      some.map(() => units),
    );
  }
  await contracts.escrow.send.activate(job);
  return { job, rounds, bonusPool: 0n, seats, listings, cutoff: Number(terms.cutoff) };
}
