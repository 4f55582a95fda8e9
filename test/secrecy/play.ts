/**
 * A lying coordinator with colluders against honest members: whom it shows what, over several attempts for one model,
 * and what it holds afterwards. protocol.md §4
 */
import { threshold } from '#crypto/parameters.ts';
import { memberSet } from '#crypto/members.ts';
import type { Graph } from '#crypto/graph.ts';
import { derivedSums, type Seen, type World } from './knowledge.ts';
import type { Row } from './howell.ts';
import { textOf, type Confirmed, type View } from './protocol-client.ts';

/** What a member sends for what it is shown; model or real client. A roster lists members, ascending. */
export type Player = Readonly<{
  /** @param earlier attempts that the coordinator says have ended, with aborts. @returns those it gives up now */
  enrol(attempt: number, earlier: readonly Ended[]): Promise<{ enrolled: boolean; aborts: number[] }>;
  share(attempt: number, roster: readonly number[]): Promise<boolean>;
  mask(attempt: number, view: View): Promise<string | undefined>;
  confirm(attempt: number, view: View): Promise<'abort' | Confirmed | undefined>;
  unmask(attempt: number, view: View): Promise<readonly Readonly<{ dealer: number; of: 'seed' | 'mask' }>[]>;
}>;

export type Ended = Readonly<{ attempt: number; threshold: number; aborts: readonly number[] }>;

/** One view, shown to some. Sets are bits by member; of a set only those who can be in it are. */
export type Step = Readonly<{
  phase: 'share' | 'mask' | 'confirm' | 'unmask';
  /** Attempts back from the present one. */
  back: number;
  to: number;
  sharers: number;
  survivors: number;
}>;

export type Schedule = Readonly<{
  n: number;
  /** Fewer than a third, unless `beyond` says that more is meant. */
  corrupt: readonly number[];
  beyond?: true;
  attempts: readonly Readonly<{
    /** Who is shown the call for members, and of them who is shown aborts. */
    to: number;
    aborts: number;
    steps: readonly Step[];
  }>[];
}>;

export type Outcome = Readonly<{
  /** Generators of all sums of honest updates that can be derived. */
  derived: readonly Row[];
  /** Sums over sets of survivors that T members confirmed. */
  permitted: readonly Row[];
  /** What each member answered, in order: for comparing players. */
  answers: readonly string[];
}>;

type Attempt = {
  roster: number[];
  shared: Set<number>;
  inputs: Map<number, string>;
  confirmed: Map<number, Confirmed[]>;
  aborted: Set<number>;
};

const has = (bits: number, member: number): boolean => ((bits >> member) & 1) === 1;

export async function play(
  { n, corrupt, attempts, beyond }: Schedule,
  players: readonly Player[],
): Promise<Outcome> {
  const colluders = new Set(corrupt);
  const held = new Map<number, Attempt>();
  const seen: Seen[] = [];
  const answers: string[] = [];

  for (const [index, { to, aborts, steps }] of attempts.entries()) {
    const number = index + 1;
    const enrolled: number[] = [];
    for (const [member, player] of players.entries()) {
      if (colluders.has(member)) enrolled.push(member);
      else if (has(to, member)) {
        const earlier = [...held].map(([attempt, { roster, aborted }]) => ({
          attempt,
          threshold: threshold(roster.length),
          // A colluder signs anything.
          aborts: has(aborts, member) ? [...aborted, ...corrupt].sort((a, b) => a - b) : [],
        }));
        const answer = await player.enrol(number, earlier);
        for (const attempt of answer.aborts) held.get(attempt)?.aborted.add(member);
        if (answer.enrolled) enrolled.push(member);
        answers.push(`${number} enrol ${member}: ${answer.enrolled} ${answer.aborts.join()}`);
      }
    }
    // Beyond a third nothing is promised; owners' policies keep cohorts large enough.
    if (enrolled.length < 3 || (!beyond && corrupt.length * 3 >= enrolled.length)) continue;
    held.set(number, {
      roster: enrolled,
      shared: new Set(corrupt),
      inputs: new Map(),
      confirmed: new Map(),
      aborted: new Set(),
    });
    for (const step of steps) {
      const target = number - step.back;
      const attempt = held.get(target);
      if (!attempt) continue;
      const view = viewOf(attempt, step, colluders);
      for (const member of attempt.roster) {
        const player = players[member];
        if (!player || colluders.has(member) || !has(step.to, member)) continue;
        const answer = await show(player, target, member, step, attempt, view, seen);
        answers.push(`${target} ${step.phase} ${member}: ${answer}`);
      }
    }
  }
  const world: World = {
    n,
    corrupt: colluders,
    graphOf: (number) => graphAmong(held.get(number)?.roster ?? []),
  };
  return { derived: derivedSums(world, seen), permitted: confirmedSums(n, held, colluders), answers };
}

function viewOf(
  { roster, shared, inputs, confirmed }: Attempt,
  step: Step,
  corrupt: ReadonlySet<number>,
): View {
  const sharers = [...shared].filter((member) => has(step.sharers, member)).sort((a, b) => a - b);
  const named = textOf(sharers);
  const maskedWith = (member: number) => (corrupt.has(member) ? named : inputs.get(member));
  const survivors = sharers.filter(
    (member) => maskedWith(member) !== undefined && has(step.survivors, member),
  );
  const own = { sharers: named, survivors: textOf(survivors) };
  const honest = [...confirmed].filter(([, all]) =>
    all.some((one) => textOfConfirmed(one) === textOfConfirmed(own)),
  );
  const confirmers = [
    ...honest.map(([member]) => member),
    ...survivors.filter((member) => corrupt.has(member)),
  ];
  return {
    threshold: threshold(roster.length),
    sharers,
    survivors,
    maskedWith,
    confirmations: confirmers.sort((a, b) => a - b).map((member) => ({ member, ...own })),
  };
}

const textOfConfirmed = ({ sharers, survivors }: Confirmed): string => `${sharers}/${survivors}`;

async function show(
  player: Player,
  number: number,
  member: number,
  { phase }: Step,
  attempt: Attempt,
  view: View,
  seen: Seen[],
): Promise<string> {
  switch (phase) {
    case 'share': {
      const shares = await player.share(number, attempt.roster);
      if (shares) attempt.shared.add(member);
      return String(shares);
    }
    case 'mask': {
      const sharers = await player.mask(number, view);
      if (sharers !== undefined && !attempt.inputs.has(member)) {
        attempt.inputs.set(member, sharers);
        seen.push({ what: 'input', attempt: number, member, sharers: sharers.split(',').map(Number) });
      }
      return String(sharers);
    }
    case 'confirm': {
      const verdict = await player.confirm(number, view);
      if (verdict === 'abort') attempt.aborted.add(member);
      else if (verdict) attempt.confirmed.set(member, [...(attempt.confirmed.get(member) ?? []), verdict]);
      return typeof verdict === 'object' ? textOfConfirmed(verdict) : String(verdict);
    }
    case 'unmask': {
      const opened = await player.unmask(number, view);
      for (const { dealer, of } of opened) {
        seen.push({ what: 'share', attempt: number, holder: member, dealer, of });
      }
      return opened.map(({ dealer, of }) => `${of} ${dealer}`).join();
    }
    default:
      return phase satisfies never;
  }
}

/** The complete graph on a roster, by members. */
const graphAmong = (roster: readonly number[]): Graph => ({
  n: roster.length,
  degree: roster.length - 1,
  threshold: threshold(Math.max(3, roster.length)),
  neighboursOf: (member) => memberSet(roster.filter((other) => other !== member)),
});

function confirmedSums(n: number, held: ReadonlyMap<number, Attempt>, corrupt: ReadonlySet<number>): Row[] {
  const sums = new Set<string>();
  for (const { roster, confirmed } of held.values()) {
    const all = [...confirmed.values()].flat().map(textOfConfirmed);
    for (const of of new Set(all)) {
      const survivors = (of.split('/')[1] ?? '').split(',').map(Number);
      const confirmers = [...confirmed.values()].filter((own) =>
        own.some((one) => textOfConfirmed(one) === of),
      );
      const colluding = survivors.filter((member) => corrupt.has(member));
      if (confirmers.length + colluding.length < threshold(roster.length)) continue;
      const sum = Array.from({ length: n }, (_, member) =>
        survivors.includes(member) && !corrupt.has(member) ? 1 : 0,
      );
      sums.add(sum.join());
    }
  }
  return [...sums].map((text) => text.split(',').map(Number));
}
