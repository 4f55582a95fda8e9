/** The `tributary` command's one way in, and the one place where an error ends. */
import { CommanderError } from 'commander';
import { report } from './output.ts';
import { createProgram } from './program/program.ts';

const json = process.argv.includes('--json');

try {
  await createProgram(json).parseAsync();
} catch (error) {
  // Help and version end here too, with status 0; what was called wrongly has been said already.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    report(error, json);
    process.exitCode = 1;
  }
}
