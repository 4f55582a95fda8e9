/** `tributary dev`: the whole stack on this machine. Names, options and help; what a command does is loaded when it is called. */
import { Option, type Command } from 'commander';
import { number, port, positive, run } from './arguments.ts';

export function addDev(program: Command): void {
  program
    .command('dev')
    .description('run chain, contracts, IPFS node and coordinator on this machine until stopped')
    .option('--fresh', 'forget the earlier chain, blocks and coordinator')
    .addOption(
      new Option('--ports <how>', 'the asked ports, or free ones where those are taken')
        .choices(['asked', 'free'])
        .default('asked'),
    )
    .option('--chain-port <port>', 'of the chain', port, 8545)
    .option('--ipfs-port <port>', 'of the IPFS node', port, 5001)
    .option('--coordinator-port <port>', 'of the coordinator', port, 7070)
    .option('--block-time <seconds>', 'between blocks', positive, 1)
    .option('--min-round-timeout <seconds>', 'floor for every job of new contracts', number, 5)
    .option('--min-short-window <seconds>', 'floor: challenge window with a quorum', number, 2)
    .option('--min-long-window <seconds>', 'floor: challenge window without one', number, 30)
    .addHelpText(
      'after',
      '\nThe windows are for tutorials: real deployments give ten minutes and a day.\n' +
        '\nExamples:\n  tributary dev\n  tributary dev --fresh --ports free\n  tributary --json dev',
    )
    .action(run(async () => (await import('../commands/dev.ts')).runDev));
}
