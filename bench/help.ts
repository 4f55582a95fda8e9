/** `npm run bench -- help`: how long a person waits for `--help`, for every command. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { createProgram } from '#cli/program/program.ts';
import { median } from './median.ts';
import type { Bench, Row } from './row.ts';

const limitMillis = 500;
/** Of so many calls the median counts. */
const calls = 5;
const entry = fileURLToPath(new URL('../cli/tributary.mjs', import.meta.url));

/** Every command by its words, the program itself first. */
function pathsOf(command: Command, words: readonly string[] = []): string[][] {
  return [[...words], ...command.commands.flatMap((one) => pathsOf(one, [...words, one.name()]))];
}

function millisOf(words: readonly string[]): number {
  const times = Array.from({ length: calls }, () => {
    const start = performance.now();
    const { status } = spawnSync(process.execPath, [entry, ...words, '--help'], { stdio: 'ignore' });
    if (status !== 0) throw new Error(`${words.join(' ')} --help ended with status ${status}`);
    return performance.now() - start;
  });
  return median(times);
}

export const help: Bench = {
  summary: 'how long --help takes, command by command; each is a row, as a share of half a second',
  usage: '(no options)   median of five calls each',
  run() {
    const rows = pathsOf(createProgram(false)).map((words): Row => {
      const ours = millisOf(words);
      return {
        row: ['tributary', ...words].join(' '),
        ours,
        unit: 'ms',
        ratio: ours / limitMillis,
        limit: 1,
      };
    });
    return Promise.resolve(rows);
  },
};
