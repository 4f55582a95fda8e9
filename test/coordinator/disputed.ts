/** Rounds as a coordinator settled them, on a real chain and on its disk, and disputes over them. */
import { readSettlements, type SettlementOnChain } from '#contracts/job-facts.ts';
import { settlementRecord } from '#contracts/settlement-record.ts';
import type { Posting } from '#coordinator/round/settling.ts';
import type { Settled } from '#coordinator/round/settled.ts';
import { settler } from '#coordinator/settlement/settle.ts';
import { toAmount, type Bytes32 } from '#protocol/units.ts';
import { activeJob, type TestJob } from '#test/contracts/job.ts';
import { at, FUNDS, type Actor, type World } from '#test/contracts/world.ts';
import { cohort, digestOfText } from '#test/support/cohort.ts';
import { honestly, inPhase, play, rulesOf } from './fixtures.ts';

const SEATS = 3;

export const threeRounds = (world: World): Promise<TestJob> =>
  activeJob(world, {
    rounds: 3,
    seats: Array.from({ length: SEATS }, (_, seat) => ({ price: BigInt(11 + seat), units: 3 })),
  });

/** A round that waits to be posted without a quorum; each round has a manifest and payouts of its own. */
export function postingOfRound(world: World, { job }: TestJob, round: number): Posting {
  const { chainId, escrow } = world.deployment;
  const members = cohort({ n: SEATS, id: { job: Number(job), round, attempt: 1 }, on: { chainId, escrow } });
  const settling = honestly(members, 'settling', rulesOf(members, { buyer: world.buyer.address }));
  const posting = inPhase(play(settling, [{ type: 'deadline' }], settling.deadline), 'settling');
  if (posting.step !== 'posting') throw new Error('not posting');
  return {
    ...posting,
    proposal: {
      ...posting.proposal,
      manifest: digestOfText(`manifest ${round}`),
      payoutRoot: digestOfText(`payouts ${round}`),
      total: toAmount(BigInt(100 * round)),
    },
  };
}

/** Posts rounds as the coordinator does. @returns what it then has on disk, by round from 1 */
export async function settleAll(world: World, job: TestJob, rounds: number): Promise<Settled[]> {
  const settled: Settled[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const posting = postingOfRound(world, job, round);
    const event = await settler(world.coordinator.contracts)(posting);
    settled.push(inPhase(play(posting, [event]), 'settled'));
  }
  return settled;
}

export const settlementsOn = (world: World, { job }: TestJob): Promise<SettlementOnChain[]> =>
  readSettlements(world.coordinator.contracts, Number(job));

/** Challenges a posted round. @returns its head, and the last second for the coordinator's bond */
export async function challenge(
  world: World,
  job: TestJob,
  round: number,
  by: Actor = world.stranger,
): Promise<{ head: Bytes32; deadline: number; bond: bigint }> {
  const { disputes, paymentToken } = by.contracts;
  const posted = at(await settlementsOn(world, job), round - 1);
  const bond = await disputes.read.bondOf(job.job);
  await paymentToken.send.approve(disputes.address, bond);
  await disputes.send.challenge(job.job, settlementRecord(posted), digestOfText('challenge'));
  const { deadline } = await disputes.read.disputeOf(posted.head);
  return { head: posted.head, deadline: Number(deadline), bond };
}

/** Voids a round and all later ones: challenged, and nobody defends. */
export async function voidFrom(world: World, job: TestJob, round: number): Promise<void> {
  const { head, deadline } = await challenge(world, job, round);
  await world.chain.mineAt(deadline + 1);
  await world.stranger.contracts.disputes.send.conclude(head);
}

export async function fundCoordinator(world: World, amount = FUNDS): Promise<void> {
  await world.coordinator.contracts.paymentToken.send.mint(world.coordinator.address, amount);
}
