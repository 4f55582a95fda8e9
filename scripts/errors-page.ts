/** Writes docs/errors.md from the tables of error codes; `--check` only says whether it is stale. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { otherRefusal, refusals } from '#contracts/refusals.ts';
import { errorTable } from '#protocol/errors.ts';

type Row = readonly [code: string, means: string, remedy: string];

const path = join(import.meta.dirname, '..', 'docs', 'errors.md');

const introduction = `# Error codes

<!-- Written by scripts/errors-page.ts from protocol/errors/ and contracts/refusals.ts; do not edit. -->

Every refusal and failure has a code, \`area/what-is-wrong\`: commands print it before their message (in the field
\`code\` with \`--json\`), the coordinator answers with it in \`application/problem+json\`, clients log it, and an audit
names it in its findings. Codes are stable; messages, which name files, members and numbers, are not.

"Nothing" means that the program does what is to be done. Codes of \`escrow/\` are the contracts' own refusals.
`;

const text = pageOf([...rowsOfTable(), ...rowsOfContracts()]);
if (!process.argv.includes('--check')) writeFileSync(path, text);
else if (!existsSync(path) || readFileSync(path, 'utf8') !== text) {
  console.error('docs/errors.md is stale: run "node --import tsx scripts/errors-page.ts"');
  process.exitCode = 1;
}

function rowsOfTable(): Row[] {
  return Object.entries(errorTable).map(([code, entry]) => [code, entry.means, entry.do]);
}

function rowsOfContracts(): Row[] {
  const [otherCode, otherRemedy] = otherRefusal;
  return [
    ...Object.entries(refusals).map(([error, [code, remedy]]): Row => [
      code,
      `The contract refused with \`${error}\`.`,
      remedy,
    ]),
    [otherCode, 'The contract refused with an error that has no code of its own.', otherRemedy],
  ];
}

function pageOf(rows: readonly Row[]): string {
  const areas = new Map<string, Row[]>();
  for (const row of rows.toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const [area = ''] = row[0].split('/');
    areas.set(area, [...(areas.get(area) ?? []), row]);
  }
  const links = [...areas.keys()].map((area) => `[${area}](#${area})`).join(' · ');
  return [introduction, `${links}\n`, ...[...areas].map(([area, list]) => sectionOf(area, list))].join('\n');
}

function sectionOf(area: string, rows: readonly Row[]): string {
  const lines = rows.map(([code, means, remedy]) => `| \`${code}\` | ${cell(means)} | ${cell(remedy)} |`);
  return [`## ${area}`, '', '| Code | Means | Do |', '| --- | --- | --- |', ...lines, ''].join('\n');
}

/** A bar would end the cell. */
function cell(content: string): string {
  return content.replaceAll('|', '\\|');
}
