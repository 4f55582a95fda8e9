/** A report as a table for a terminal. protocol.md §6 */
import { levelPassed, type Finding, type Report } from './report.ts';
import type { Verdict } from './verdict.ts';

const marks = { passed: 'ok', failed: 'FAILED', 'not checked': 'not checked' } as const;

/**
 * One line a finding, then what each level comes to. Text from blocks that strangers wrote is stripped of control
 * characters, which could repaint the terminal.
 */
export function reportText(report: Report): string {
  const rows = report.findings.map(row);
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(0, ...rows.map((cells) => cells[column]?.length ?? 0)),
  );
  const lines = rows.map((cells) =>
    cells.map((cell, column) => (column < 4 ? cell.padEnd(widths[column] ?? 0) : cell)).join('  '),
  );
  const levels = report.levels.map(
    (level) => `level ${level}: ${levelPassed(level, report.findings) ? 'passed' : 'NOT PASSED'}`,
  );
  const { owed, claimed } = report.payouts;
  return [
    `audit of ${report.job}, ${report.settled} rounds settled`,
    ...lines,
    ...levels,
    `payouts: ${claimed} claimed of ${owed} owed`,
    report.passed ? 'The audit passed.' : 'The audit did NOT pass.',
  ].join('\n');
}

const row = ({ level, id, place, verdict }: Finding): string[] => [
  String(level),
  id,
  place,
  marks[verdict.result],
  printable(saying(verdict)),
];

function saying(verdict: Verdict): string {
  switch (verdict.result) {
    case 'passed':
      return verdict.detail;
    case 'failed':
      return `${verdict.place}: ${verdict.detail} (${verdict.code})`;
    case 'not checked':
      return verdict.why;
    default:
      return verdict satisfies never;
  }
}

const printable = (text: string): string => text.replace(/\p{Cc}/gu, ' ').slice(0, 2000);
