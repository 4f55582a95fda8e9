/** `tributary owner`: a dataset, its training and its pay. Names, options and help; what a command does is loaded when it is called. */
import type { Command } from 'commander';
import { list, number, run } from './arguments.ts';

export function addOwner(program: Command): void {
  const owner = program.command('owner').description('offer a dataset, train on it, be paid');
  owner
    .command('init')
    .description("make the owner's key, the operator's key and the dataset's salt")
    .addHelpText('after', '\nExample:\n  tributary owner init')
    .action(run(async () => (await import('../commands/owner-keys.ts')).init));
  owner
    .command('register')
    .description('describe a dataset, register it on chain and offer access')
    .requiredOption('--data <csv>', 'rows with a header; they are read here and never sent')
    .requiredOption('--label <column>', 'the column to predict: 0 or 1')
    .requiredOption('--name <name>', 'public name of the dataset')
    .option('--description <text>', 'public description', 'A private dataset offered on Tributary.')
    .option('--license <url>', 'licence of the dataset', 'https://spdx.org/licenses/CC-BY-4.0.html')
    .requiredOption('--price <amount>', 'base units a round')
    .requiredOption('--peers <addresses>', 'owners that you vouch for, comma-separated', list)
    .option('--minimum-cohort <n>', 'vouched owners that must be in a sum, you included', number, 3)
    .option('--maximum-rounds <n>', 'most rounds of one job', number, 100)
    .option('--cap <n>', 'units ever sold', number, 1_000_000)
    .option('--valid-days <n>', 'how long the offer stands', number, 365)
    .option('--dry-run', 'say what would be signed and sent, and stop')
    .addHelpText(
      'after',
      '\nExample:\n  tributary owner register --data rows.csv --label diagnosis --name "Clinic A" --price 1000000 --peers 0x…,0x…',
    )
    .action(run(async () => (await import('../commands/owner-register.ts')).register));
  owner
    .command('run')
    .description('train and take part in jobs until stopped')
    .requiredOption('--data <csv>', 'the rows that were registered')
    .addHelpText('after', '\nExample:\n  tributary owner run --data rows.csv')
    .action(run(async () => (await import('../commands/owner-run.ts')).runClient));
  owner
    .command('claim <job>')
    .description('collect what final rounds have earned')
    .addHelpText('after', '\nExample:\n  tributary owner claim 31337:0x…/1')
    .action(run(async () => (await import('../commands/owner-claim.ts')).claim));

  owner
    .command('status <job>')
    .description('what each round cost and paid')
    .addHelpText('after', '\nExample:\n  tributary owner status 31337:0x…/1')
    .action(run(async () => (await import('../commands/owner-status.ts')).status));
}
