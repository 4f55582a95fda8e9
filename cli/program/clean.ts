/** `tributary clean`: what Tributary left on this machine. Names, options and help; what a command does is loaded when it is called. */
import type { Command } from 'commander';
import { run } from './arguments.ts';

export function addClean(program: Command): void {
  program
    .command('clean')
    .description('remove what Tributary keeps in the home, and what killed demos left; keys stay')
    .option('--keys', 'keystores too, with the journals and records that belong to them')
    .option('--yes', 'do not ask')
    .option('--dry-run', 'say what would be removed, and stop')
    .addHelpText('after', '\nExamples:\n  tributary clean --dry-run\n  tributary clean --yes --keys')
    .action(run(async () => (await import('../commands/clean.ts')).clean));
}
