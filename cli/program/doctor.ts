/** `tributary doctor`: is this machine ready. Names, options and help; what a command does is loaded when it is called. */
import type { Command } from 'commander';
import { run } from './arguments.ts';

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('check Node, TensorFlow, disk, keys, ports, database, chain, contracts and IPFS')
    .option('--strict', 'a chain or IPFS node that was not named must be there too')
    .addHelpText(
      'after',
      '\nA service that a flag, TRIBUTARY_…, tributary.yaml or a running "tributary dev" names must answer; one at its\n' +
        'default address is only reported. The status is 0 when nothing fails, else 1.\n' +
        '\nExamples:\n  tributary doctor\n  tributary --json doctor --strict',
    )
    .action(run(async () => (await import('../commands/doctor.ts')).doctor));
}
