/**
 * `npm run coverage [-- --json]`: which lines and branches of contracts/src the contract tests run. Exit status 1 when less
 * than 98 % of either does, or when what does not has no reason in contracts/uncovered.json.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { coverageOf, isEnough, partOf, type Coverage, type Count, type Reason } from './probes/report.ts';
import { runWithProbes } from './probes/run.ts';
import { untilInterrupted } from './solidity/interrupt.ts';

const REASONS = 'contracts/uncovered.json';

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
process.exitCode = await untilInterrupted(main);

async function main(signal: AbortSignal): Promise<number> {
  const { probes, hits, tests } = await runWithProbes(signal);
  if (tests.outcome !== 'passed') {
    const which = tests.outcome === 'failed' ? `: ${tests.test}: ${tests.message}` : '';
    console.error(`The tests did not pass on the contracts with probes (${tests.outcome})${which}`);
    return 2;
  }
  const reasons = JSON.parse(readFileSync(REASONS, 'utf8')) as Reason[];
  const coverage = coverageOf(probes, new Set([...hits.values()].flatMap((each) => [...each])), reasons);
  console.log(values.json ? JSON.stringify(coverage) : table(coverage));
  return isEnough(coverage) ? 0 : 1;
}

function table({ files, total, uncovered, stale }: Coverage): string {
  const rows = [...files, total].map(
    ({ file, lines, branches }) => `${file.padEnd(24)}${cell(lines)}${cell(branches)}`,
  );
  const left = uncovered.map(({ file, line, function: name, kind, source, why }) => {
    const what = kind === 'true' || kind === 'false' ? `never ${kind}` : 'never run';
    return `${file}:${line} (${name}) ${what}: ${source}\n    ${why ?? `NO REASON in ${REASONS}`}`;
  });
  const gone = stale.map(({ file, function: name, source }) => {
    return `${REASONS} has a reason for what runs or is gone: ${file} (${name}) ${source}`;
  });
  return [
    `${''.padEnd(24)}${'lines'.padStart(20)}${'branches'.padStart(20)}`,
    ...rows,
    ...left,
    ...gone,
  ].join('\n');
}

function cell(count: Count): string {
  const percent = (Math.floor(partOf(count) * 1000) / 10).toFixed(1);
  return `${count.covered}/${count.all} ${percent.padStart(6)} %`.padStart(20);
}
