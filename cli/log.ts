/** What a running service tells: a line a fact, as text on standard error or as JSON on standard output. */
import { dim, red } from './output.ts';

export type CommandLog = Readonly<
  Record<'info' | 'warn' | 'error', (facts: object, message: string) => void>
>;

export function commandLog(json: boolean): CommandLog {
  const line = (level: string) => (facts: object, message: string) => {
    if (json) process.stdout.write(`${JSON.stringify({ event: 'log', level, message, ...facts }, plain)}\n`);
    else process.stderr.write(`${dim(new Date().toISOString().slice(11, 19))} ${mark(level)}${message}\n`);
  };
  return { info: line('info'), warn: line('warn'), error: line('error') };
}

const mark = (level: string): string => (level === 'info' ? '' : red(`${level}: `));

const plain = (_key: string, value: unknown) => (typeof value === 'bigint' ? value.toString() : value);

/** The one line of the test hook. */
export function heldAloud(json: boolean): (line: string) => void {
  return (line) =>
    process.stdout.write(`${json ? JSON.stringify({ event: 'held', message: line }) : line}\n`);
}
