/** The coordinator disappears for ever half-way; owners and buyer get out with what they are owed, by the chain alone. */
import { planLosses } from '../accidents.ts';
import type { Buyer } from '../actors.ts';
import { audit } from '../audits.ts';
import { viewChain, type ChainView } from '../chain-view.ts';
import type { DemoOptions } from '../options.ts';
import { succeed } from '../processes.ts';
import { isExact, weigh } from '../purses.ts';
import { reckon } from '../reckoning.ts';
import type { Stack } from '../stack.ts';
import { account, claimFinal, type Accounts } from './accounts.ts';
import { bringPeople, launchWatched, tellRounds, type People } from './opening.ts';
import type { Say, Story, Told } from './story.ts';
import { vanishText, type VanishOutcome } from './vanish-report.ts';

/** It dies when it holds every input and opens their sum: the worst moment for those who have worked. */
const PHASE = 'unmasking';
/** Seconds from the buyer's cancelling until the job takes no more rounds. */
const ROUND_TIMEOUT = 20;
const HOLD_SECONDS = 600;

export const vanish: Story = { court: null, play };

async function play(stack: Stack, options: DemoOptions, say: Say): Promise<Told<VanishOutcome>> {
  const started = Date.now();
  const { rounds, clients: count } = options;
  const last = Math.floor(rounds / 2);
  const losses = planLosses(count, last);
  const people = await bringPeople(
    stack,
    options,
    { holdOf: losses.holdOf, hold: `${PHASE}@${last + 1}` },
    say,
  );
  const watched = await launchWatched(
    stack,
    people,
    { rounds, seed: `demo/${options.seed}`, roundTimeout: ROUND_TIMEOUT },
    say,
  );
  const { buyer, watch, settled } = watched;
  const telling = tellRounds(
    watched,
    Array.from({ length: last + 1 }, (_, round) => round),
    say,
  );
  const { owners, clients, coordinator } = people;
  await Promise.all([
    telling,
    losses.happen({ owners, clients, settled, say }),
    coordinator.service.until('its hold', ({ event }) => event === 'held', HOLD_SECONDS),
  ]);

  await coordinator.service.kill();
  say(`round ${last + 1}: the coordinator killed (SIGKILL) inside ${PHASE}, for ever`);
  await Promise.all([stack.stopNamed('ipfs'), watch.stop(), ...clients.map((client) => client.stop())]);
  say('the IPFS node and every client are stopped too: nothing is left but the chain');

  const view = await viewChain(stack);
  try {
    const left = await getOut(stack, view, people, buyer, say);
    await stack.startIpfs();
    say('the IPFS node is back, for the auditor: it recomputes the settled rounds, levels 1 to 5');
    const outcome: VanishOutcome = {
      story: 'vanish',
      job: buyer.job,
      rounds,
      settled: (await reckon(view.contracts, view.numberOf(buyer.job))).settled,
      underWay: { round: last + 1, phase: PHASE },
      ...left,
      audit: await audit(stack, buyer.job, say),
      seconds: Math.round((Date.now() - started) / 1000),
    };
    process.stderr.write(`\n${vanishText(outcome)}\n`);
    return { outcome, sound: isSound(outcome, last) };
  } finally {
    view.close();
  }
}

type Left = Accounts & Pick<VanishOutcome, 'claimedWithin' | 'refundedWithin'>;

/** Owners claim, the buyer cancels, waits and takes the rest; each held against what the events alone give. */
async function getOut(
  stack: Stack,
  view: ChainView,
  { owners }: People,
  { job, address: buyer }: Buyer,
  say: Say,
): Promise<Left> {
  const died = await view.now();
  const held = await weigh(view, owners);
  say('owners claim: tributary owner claim');
  await claimFinal(stack, view, owners, job);
  const claimedWithin = (await view.now()) - died;

  say('the buyer stops the job: tributary buyer cancel');
  const cutoff = Number((await succeed(['buyer', 'cancel', job], stack.home('buyer')))['cutoff']);
  say(`it takes no round from ${ROUND_TIMEOUT} s later on, which are waited for: no clock is moved`);
  await view.until(cutoff);
  say('the buyer takes the rest: tributary buyer refund');
  await succeed(['buyer', 'refund', job], stack.home('buyer'));
  const refundedWithin = (await view.now()) - cutoff;
  return {
    ...(await account(view, { owners, held, buyer, jobs: [job] })),
    ...{ claimedWithin, refundedWithin },
  };
}

const isSound = ({ settled, pay, left, audit: audited }: VanishOutcome, last: number): boolean =>
  settled === last &&
  audited.settled === last &&
  audited.passed &&
  pay.every((row) => isExact(row) && row.got !== '0') &&
  left.escrow === left.fees;
