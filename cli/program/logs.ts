/** `tributary logs`: of the local stack. Names, options and help; what a command does is loaded when it is called. */
import type { Command } from 'commander';
import { number, run } from './arguments.ts';

export function addLogs(program: Command): void {
  program
    .command('logs [service]')
    .description('what chain, ipfs, coordinator and dev itself wrote under "tributary dev"')
    .option('--follow', 'go on showing what comes, until stopped')
    .option('--lines <n>', 'last lines to show', number, 50)
    .addHelpText('after', '\nExamples:\n  tributary logs coordinator --lines 100\n  tributary logs --follow')
    .action(run(async () => (await import('../commands/logs.ts')).showLogs));
}
