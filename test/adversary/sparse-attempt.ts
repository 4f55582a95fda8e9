/** Sparse attempts up to where a liar begins to lie: clients at the first seats, members by the protocol at the others. */
import { expect } from 'chai';
import type { Enrolment, Signed } from '#protocol/messages.ts';
import type { Roster } from '#protocol/rules/roster.ts';
import { operatorKey } from '#test/support/cohort.ts';
import type { Play, Treatment, Victim } from './play.ts';
import { SparseLiar } from './sparse-liar.ts';

/** Clients that are about to enrol, with puppets at all other seats. */
export async function sparseAttempt(play: Play, clients: number, treatment: Partial<Treatment>) {
  const seats = play.seats.map(({ seat }) => seat).slice(clients);
  const puppets = seats.map((seat) => play.puppet(seat, { key: operatorKey(seat) }));
  const liar = new SparseLiar(play, puppets);
  liar.begin();
  const victims: Victim[] = [];
  for (let seat = 0; seat < clients; seat++) victims.push(await play.victim(seat, treatment));
  return { liar, victims };
}

/** Commits, and takes the seed block back as often as the graph that it draws does not fit. */
export async function drawnUntil(
  play: Play,
  liar: SparseLiar,
  enrolments: readonly Signed<Enrolment>[],
  fits: (roster: Roster) => boolean,
): Promise<void> {
  const { chain } = play.world;
  const seedBlock = await liar.commit(liar.rootOf(enrolments));
  for (let seconds = 1; ; seconds += 1) {
    const before = await chain.snapshot();
    // Anvil's randomness follows from the block: the same one again would draw the same.
    await chain.mineAt((await chain.now()) + seconds);
    await liar.mine(1);
    liar.roster = liar.rosterOf(enrolments, await liar.randaoOf(seedBlock), seedBlock);
    if (fits(liar.roster)) return;
    await chain.revert(before);
  }
}

/** Blocks after which none is taken back, on whatever chain. */
const deep = 12;

/** The same when the clients have masked. */
export async function maskedAttempt(play: Play, clients: number, treatment: Partial<Treatment>) {
  const { liar, victims } = await sparseAttempt(play, clients, treatment);
  await liar.draw(await liar.freeze(victims));
  await liar.mine(deep);
  return { liar, victims, ...(await liar.collect(victims)) };
}

/**
 * All confirm U3, then seats 1 and 2 confirm it without seat 0, as they would if that had been lost. With four puppets of
 * seven members, who are one less than restore a secret, the liar lacks one share of seat 0's seed, which whoever believes
 * the first set opens, and one of its mask secret, which whoever believes the second opens.
 */
export async function confirmedTwice(play: Play, treatment: Partial<Treatment>) {
  const { liar, victims, shares, inputs } = await maskedAttempt(play, 3, treatment);
  liar.tell(victims, 'confirming', { shares, inputs });
  const confirmations = await liar.confirmations(victims, inputs);
  const [, second = expect.fail(), third = expect.fail()] = victims;
  const fewer = inputs.slice(1);
  liar.tell([second, third], 'confirming', { shares, inputs: fewer });
  const others = await liar.confirmations([second, third], fewer);
  const tell = {
    all: (victim: Victim) => liar.tell([victim], 'unmasking', { shares, inputs, confirmations }),
    fewer: (victim: Victim) =>
      liar.tell([victim], 'unmasking', { shares, inputs: fewer, confirmations: others }),
  };
  return { liar, second, third, inputs, fewer, tell };
}
