/** Two disputes: a false payout root is voided and posted again, and a liar who disputes a true round loses its bond. */
import { audit, type Audited } from '../audits.ts';
import { viewChain } from '../chain-view.ts';
import type { DemoOptions } from '../options.ts';
import { Service, succeed } from '../processes.ts';
import { compare, isExact, weigh, type Purse } from '../purses.ts';
import type { Court, Stack } from '../stack.ts';
import { account, claimFinal } from './accounts.ts';
import { disputeText, type DisputeOutcome, type RunOutcome } from './dispute-report.ts';
import { untilWithdrawn } from './disputes-on-chain.ts';
import { playFalseRoot, type Disputed } from './false-root.ts';
import { bringPeople, launchWatched, type People } from './opening.ts';
import { SLANDERER, playSlander } from './slander.ts';
import type { Say, Story, Told } from './story.ts';

/** For a bond, and some more. Base units. */
const BOND_COINS = 5_000_000n;
const FALSE_ROUND = 2;
/** Of the second job: one to dispute, and one that goes on meanwhile. */
const SLANDERED_ROUNDS = 2;
/** Long enough for a person at a slow machine to dispute a round by hand. */
const windows = { shortWindow: 60, longWindow: 120 };
const WITHDRAWAL_SECONDS = 120;

const court: Court = { arbiterFee: 100_000n, fee: 100, defenceWindow: 120, judgementWindow: 300 };

export const dispute: Story = { court, play };

async function play(stack: Stack, options: DemoOptions, say: Say): Promise<Told<DisputeOutcome>> {
  const started = Date.now();
  const { rounds } = options;
  const people = await bringPeople(stack, options, { lie: `payout-root@${FALSE_ROUND}` }, say);
  const { owners, coordinator } = people;
  const view = await viewChain(stack);
  try {
    const bonded = await bringBonds(stack, people, say);
    const { arbiter, purses } = bonded;
    const held = await weigh(view, owners);
    const start = await weigh(view, purses);

    // The buyer leaves disputes to the owners: it would be as quick as they.
    const common = { ...windows, watching: ['--no-challenge'] };
    const first = await launchWatched(
      stack,
      people,
      { rounds, seed: `demo/${options.seed}`, ...common },
      say,
    );
    const falseRoot = await playFalseRoot(stack, view, people, first, { rounds, round: FALSE_ROUND, say });
    await untilWithdrawn(view, [falseRoot.challenger, arbiter], WITHDRAWAL_SECONDS);
    const between = await weigh(view, purses);

    say('the coordinator is started again, without its lie; the buyer launches a second job');
    await coordinator.service.stop();
    await coordinator.restart();
    const { address: buyer } = first.buyer;
    const running = { rounds: SLANDERED_ROUNDS, seed: `demo/${options.seed}/second`, name: 'second', buyer };
    const second = await launchWatched(stack, people, { ...running, ...common }, say);
    const slander = await playSlander(stack, view, second, { rounds: SLANDERED_ROUNDS, say });
    await untilWithdrawn(view, [coordinator.address, arbiter], WITHDRAWAL_SECONDS);
    const end = await weigh(view, purses);

    const jobs = [first.buyer.job, second.buyer.job];
    say('when the windows have passed, owners claim and the buyer takes back what nobody earned');
    for (const job of jobs) await claimFinal(stack, view, owners, job);
    await succeed(['buyer', 'refund'], stack.home('buyer'));
    const accounts = await account(view, { owners, held, buyer, jobs });
    say('coordinator, clients and arbiter stop for good; the auditor recomputes both jobs, levels 1 to 5');
    await stack.stopNamed('coordinator', 'arbiter', ...owners.map(({ name }) => name));
    const audits: Audited[] = [];
    for (const job of jobs) audits.push(await audit(stack, job, say));

    const won = dues(falseRoot, { winner: falseRoot.challenger, loser: coordinator.address, arbiter });
    const upheld = dues(slander, { winner: coordinator.address, loser: slander.challenger, arbiter });
    const outcome: DisputeOutcome = {
      story: 'dispute',
      falseRoot: { ...told(falseRoot), left: falseRoot.left, bonds: compare(purses, start, between, won) },
      slander: { ...told(slander), bonds: compare(purses, between, end, upheld) },
      ...accounts,
      audits,
      seconds: Math.round((Date.now() - started) / 1000),
    };
    process.stderr.write(`\n${disputeText(outcome)}\n`);
    return { outcome, sound: isSound(outcome, [rounds, SLANDERED_ROUNDS]) };
  } finally {
    view.close();
  }
}

type Bonded = Readonly<{ arbiter: string; purses: readonly Purse[] }>;

/** Coins for bonds, for honest and others; and the arbiter, a process with a key of its own. */
async function bringBonds(stack: Stack, { owners, coordinator }: People, say: Say): Promise<Bonded> {
  const liar = String((await succeed(['buyer', 'init'], stack.home(SLANDERER)))['buyer']);
  const bonding = [...owners.map(({ operator }) => operator), coordinator.address, liar];
  const faucet = stack.home('faucet');
  await succeed(['chain', 'fund', ...bonding, '--coins', BOND_COINS.toString()], faucet);
  const service = stack.own(new Service('arbiter', ['arbiter', 'run', '--withdraw'], stack.home('arbiter')));
  const arbiter = String((await service.ready())['arbiter']);
  await succeed(['chain', 'fund', arbiter, '--coins', '0'], faucet);
  say(`the arbiter is process ${service.pid}, the coordinator ${coordinator.service.pid}`);
  return {
    arbiter,
    purses: [
      ...owners.map(({ name, operator }) => ({ who: `client of ${name}`, address: operator })),
      { who: 'coordinator', address: coordinator.address },
      { who: 'arbiter', address: arbiter },
      { who: SLANDERER, address: liar },
    ],
  };
}

type Sides = Readonly<{ winner: string; loser: string; arbiter: string }>;

/** The loser's bond pays the arbiter, and the rest of it is the winner's. protocol.md §5.6 */
const dues = ({ bond, arbiterFee }: Disputed, { winner, loser, arbiter }: Sides): Map<string, bigint> =>
  new Map([
    [winner, bond - arbiterFee],
    [loser, -bond],
    [arbiter, arbiterFee],
  ]);

const told = ({
  job,
  round,
  by,
  bond,
  arbiterFee,
  quorum,
  outcome,
  judged,
}: Disputed): Omit<RunOutcome, 'bonds'> => ({
  ...{ job, round, challenger: by, quorum, outcome, judged },
  bond: bond.toString(),
  arbiterFee: arbiterFee.toString(),
});

function isSound(outcome: DisputeOutcome, rounds: readonly number[]): boolean {
  const { falseRoot, slander, pay, left, audits } = outcome;
  return (
    falseRoot.judged &&
    falseRoot.outcome === 'voided' &&
    falseRoot.challenger.startsWith('owner-') &&
    slander.judged &&
    slander.outcome === 'stood' &&
    [...falseRoot.bonds, ...slander.bonds, ...pay].every(isExact) &&
    left.escrow === left.fees &&
    left.disputes === '0' &&
    audits.every(({ passed, settled }, at) => passed && settled === rounds[at])
  );
}
