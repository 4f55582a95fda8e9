/** `tributary version`, and `--version`. Names, options and help; what a command does is loaded when it is called. */
import type { Command } from 'commander';
import { packageVersion } from '../version.ts';
import { run } from './arguments.ts';

export function addVersion(program: Command): void {
  program
    .version(packageVersion(), '--version', 'the version of this package')
    .command('version')
    .description('versions of package, protocol and Node, and a hash of the contracts')
    .addHelpText('after', '\nExample:\n  tributary --json version')
    .action(run(async () => (await import('../commands/version.ts')).showVersion));
}
