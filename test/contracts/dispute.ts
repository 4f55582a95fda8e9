/** The disputes of a test's job: who bonds, answers and concludes, and what every account then has. */
import { Status } from '#contracts/bindings/disputes.ts';
import type { Bytes32 } from '#protocol/units.ts';
import { digestOfText } from '#test/support/cohort.ts';
import type { Settled, TestJob } from './job.ts';
import { disputeWindows, type Actor, type World } from './world.ts';

export const evidence = digestOfText('evidence');
const { Open, Defended, Stood, Voided, Moot } = Status;
const names = new Map<number, string>(
  Object.entries({ Open, Defended, Stood, Voided, Moot }).map(([k, v]) => [v, k]),
);

/** The stranger challenges, the coordinator defends, the arbiter judges, unless another actor is named. */
export function disputesOf(world: World, { job }: Pick<TestJob, 'job'>) {
  const { disputes } = world.stranger.contracts;
  const sent = (actor: Actor) => actor.contracts.disputes.send;
  return {
    challenge: async ({ record, head }: Pick<Settled, 'record' | 'head'>, actor = world.stranger) => {
      await sent(actor).challenge(job, record, evidence);
      return head;
    },
    defend: (head: Bytes32, actor = world.coordinator) => sent(actor).defend(head, evidence),
    judge: (head: Bytes32, stands: boolean, actor = world.arbiter) => sent(actor).judge(head, stands),
    conclude: (head: Bytes32, actor = world.deployer) => sent(actor).conclude(head),
    /** Lets the deadline of the open step pass, and one second more. */
    silence: async (head: Bytes32) => {
      const { deadline } = await disputes.read.disputeOf(head);
      if ((await world.chain.now()) < deadline) await world.chain.mineAt(Number(deadline));
    },
    statusOf: async (head: Bytes32) => names.get((await disputes.read.disputeOf(head)).status) ?? 'None',
    frozenFrom: async () => (await world.buyer.contracts.escrow.read.jobOf(job)).frozenFrom,
    posted: async () => (await world.buyer.contracts.escrow.read.jobOf(job)).posted,
    bond: () => disputes.read.bondOf(job),
    /** What the contract holds, and what it owes of it. */
    held: () =>
      disputes.read
        .paymentToken()
        .then(() => world.buyer.contracts.paymentToken.read.balanceOf(disputes.address)),
    creditOf: (actor: Actor) => disputes.read.credits(actor.address),
    windows: disputeWindows,
  };
}
