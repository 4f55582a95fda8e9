/** What is said of the mutants: where they can be made, what became of each, and the score. */
import { MOST_EQUIVALENT, type Equivalent } from './equivalents.ts';
import type { Verdict } from './judge.ts';
import type { Left } from './mutants.ts';
import { operators } from './operators.ts';
import type { Site } from './sites.ts';

/** A verdict, with the argument if a survivor has one. */
export type Judged = Verdict & Readonly<{ why: string | null }>;

export type Summary = Readonly<{
  sites: number;
  drawn: number;
  /** By timeout ones included. */
  killed: number;
  timeouts: number;
  equivalent: number;
  survived: number;
  /** Of those that have no argument, the part that was killed. */
  score: number;
  invalid: number;
  same: number;
  /** Arguments for mutants that a test tells from the original after all, or that are gone. */
  wrong: readonly Equivalent[];
  /** Part of all sites that is argued away. */
  argued: number;
}>;

export function denominator(sites: readonly Site[]): string {
  const rows = operators.map(({ name, what }) => {
    const number = sites.filter(({ operator }) => operator === name).length;
    return `${String(number).padStart(6)}  ${name.padEnd(18)} ${what}`;
  });
  return [...rows, `${String(sites.length).padStart(6)}  all`].join('\n');
}

export function siteText({ operator, file, line, function: name, before, after }: Site): string {
  return `${file}:${line} (${name}) ${operator}\n    - ${before}\n    + ${after}`;
}

export function verdictText({ site, outcome, by, seconds, why }: Judged): string {
  const word = outcome === 'survived' && why !== null ? 'equivalent' : outcome;
  const reason = by ?? why;
  return `${word.padEnd(10)} ${seconds.toFixed(1).padStart(5)} s  ${siteText(site)}${reason ? `\n    ${reason}` : ''}`;
}

export function summaryOf(
  sites: readonly Site[],
  judged: readonly Judged[],
  equivalents: readonly Equivalent[],
  { invalid, same }: Left,
  wrong: readonly Equivalent[],
): Summary {
  const count = (is: (verdict: Judged) => boolean) => judged.filter(is).length;
  const killed = count(({ outcome }) => outcome !== 'survived');
  const equivalent = count(({ outcome, why }) => outcome === 'survived' && why !== null);
  const real = judged.length - equivalent;
  return {
    sites: sites.length,
    drawn: judged.length,
    killed,
    timeouts: count(({ outcome }) => outcome === 'timeout'),
    equivalent,
    survived: real - killed,
    score: real === 0 ? 1 : killed / real,
    invalid,
    same,
    wrong,
    argued: sites.length === 0 ? 0 : equivalents.length / sites.length,
  };
}

/** Every survivor is argued, every argument holds, and they are few. */
export function isEnough({ survived, wrong, argued }: Summary): boolean {
  return survived === 0 && wrong.length === 0 && argued <= MOST_EQUIVALENT;
}

export function summaryText(summary: Summary, path: string): string {
  const { sites, drawn, killed, timeouts, equivalent, survived, score, invalid, same, wrong, argued } =
    summary;
  const percent = (part: number) => `${(Math.floor(part * 1000) / 10).toFixed(1)} %`;
  return [
    `${drawn} mutants of ${sites} sites; ${invalid} more drawn were no valid program, ${same} the same program`,
    `${killed} killed (${timeouts} by timeout), ${equivalent} equivalent (${percent(drawn === 0 ? 0 : equivalent / drawn)}), ${survived} survived`,
    `score ${percent(score)} of ${drawn - equivalent}; ${percent(argued)} of all sites are in ${path}`,
    ...wrong.map(
      ({ file, function: name, before, after }) =>
        `${path} has an argument for what is killed or gone: ${file} (${name})\n    - ${before}\n    + ${after}`,
    ),
  ].join('\n');
}
