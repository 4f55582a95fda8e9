/** What a person or a program reads: results on standard output, progress and errors on standard error. */
import { TributaryError } from '#crypto/error.ts';

/** Only where both are a terminal's: one of the two may be a file or a pipe. */
const coloured = process.stdout.isTTY && process.stderr.isTTY && process.env['NO_COLOR'] === undefined;
const paint = (code: number, text: string) => (coloured ? `\u001b[${code}m${text}\u001b[0m` : text);

export const dim = (text: string) => paint(2, text);
export const green = (text: string) => paint(32, text);
export const yellow = (text: string) => paint(33, text);
export const red = (text: string) => paint(31, text);

/** A line of progress. */
export function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** The result of a command: JSON for machines, text for people. */
export function result(json: boolean, value: object, text: string): void {
  process.stdout.write(`${json ? JSON.stringify(value, plain) : text}\n`);
}

/** Amounts are decimal text. */
const plain = (_key: string, value: unknown) => (typeof value === 'bigint' ? value.toString() : value);

/** What went wrong, by code; never a stack, which would show minified source or worse. */
export function report(error: unknown, json: boolean): void {
  const { code, message } =
    error instanceof TributaryError
      ? error
      : { code: 'internal/bug', message: error instanceof Error ? error.message : String(error) };
  if (json) process.stderr.write(`${JSON.stringify({ error: { code, message } })}\n`);
  else process.stderr.write(`${red(`error ${code}`)}: ${message}\n`);
  if (code === 'internal/bug' && process.env['TRIBUTARY_DEBUG'] !== undefined && error instanceof Error) {
    process.stderr.write(`${error.stack ?? ''}\n`);
  }
}

/** A command that was called wrongly, for machines. */
export function reportUsage(text: string): void {
  const message = text.trim().replace(/^error: /, '');
  process.stderr.write(`${JSON.stringify({ error: { code: 'usage/wrong', message } })}\n`);
}

/** Columns aligned by their widest cell; numbers to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) =>
        /^[\d.,% −-]+$/.test(cell) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [line(head), widths.map((width) => '─'.repeat(width)).join('  '), ...rows.map(line)].join('\n');
}
