/** `tributary owner`: a dataset, its training and its pay. Names, options and help; what a command does is loaded when it is called. */
import { type Command, Option } from 'commander';
import { account, fraction, list, number, run, signing } from './arguments.ts';

export function addOwner(program: Command): void {
  const owner = program.command('owner').description('offer a dataset, train on it, be paid');
  owner
    .command('init')
    .description("make the owner's key, the operator's key and the dataset's salt")
    .option('--operator-only', "make no owner's key: it is on another machine, and signs there")
    .addHelpText('after', '\nExamples:\n  tributary owner init\n  tributary owner init --operator-only')
    .action(run(async () => (await import('../commands/owner-keys.ts')).init));
  owner
    .command('inspect')
    .description('look through a data file, propose its schema, and warn')
    .requiredOption('--data <file>', 'CSV or JSON lines, may be .gz; it is read here and never sent')
    .option('--label <column>', 'the column to predict; guessed where it is left out')
    .option('--leave-out <columns>', 'columns that stay out of the schema, comma-separated', list, [])
    .option('--write <file>', 'write the proposed schema to a new file')
    .addHelpText(
      'after',
      '\nExample:\n  tributary owner inspect --data rows.csv --label diagnosis --write schema.json',
    )
    .action(run(async () => (await import('../commands/owner-inspect.ts')).inspect));
  owner
    .command('split')
    .description('split a data file into two new ones, to train and to test by; the same seed splits alike')
    .requiredOption('--data <file>', 'CSV or JSON lines, may be .gz')
    .option('--fraction <x>', 'about which part is held out', fraction, 0.2)
    .option('--seed <text>', 'decides which rows', '1')
    .requiredOption('--out-train <file>', 'new file of the rows to train by')
    .requiredOption('--out-test <file>', 'new file of the held-out rows')
    .addHelpText(
      'after',
      '\nExample:\n  tributary owner split --data rows.csv --fraction 0.2 --out-train train.csv --out-test test.csv',
    )
    .action(run(async () => (await import('../commands/owner-split.ts')).split));
  signing(owner.command('register'))
    .description('describe a dataset, register it on chain and offer access')
    .requiredOption('--data <file>', 'CSV or JSON lines, may be .gz; it is read here and never sent')
    .addOption(
      new Option('--schema <file>', 'what the columns are: see owner inspect --write').conflicts('label'),
    )
    .option(
      '--label <column>',
      'the column to predict, where the schema is to be what owner inspect proposes',
    )
    .option('--leave-out <columns>', 'columns that stay out of it, comma-separated', list, [])
    .option('--accept-warnings', 'register though owner inspect warns')
    .requiredOption('--name <name>', 'public name of the dataset')
    .option('--description <text>', 'public description', 'A private dataset offered on Tributary.')
    .option('--license <url>', 'licence of the dataset', 'https://spdx.org/licenses/CC-BY-4.0.html')
    .requiredOption('--price <amount>', 'base units a round')
    .requiredOption('--peers <addresses>', 'owners that you vouch for, comma-separated', list)
    .option('--minimum-cohort <n>', 'vouched owners that must be in a sum, you included', number, 3)
    .option('--maximum-rounds <n>', 'most rounds of one job', number, 100)
    .option(
      '--layers <names>',
      'kinds of layers that a model may have, comma-separated; all known ones by default',
      list,
    )
    .option('--cap <n>', 'units ever sold', number, 1_000_000)
    .option('--valid-days <n>', 'how long the offer stands', number, 365)
    .addHelpText(
      'after',
      '\nExample:\n  tributary owner register --data rows.csv --schema schema.json --name "Clinic A" --price 1000000 --peers 0x…,0x…',
    )
    .action(run(async () => (await import('../commands/owner-register.ts')).register));
  owner
    .command('run')
    .description('train and take part in jobs until stopped')
    .requiredOption('--data <file>', 'the rows that were registered')
    .addHelpText('after', '\nExample:\n  tributary owner run --data rows.csv')
    .action(run(async () => (await import('../commands/owner-run.ts')).runClient));
  signing(owner.command('claim <job>'))
    .description('collect what final rounds have earned')
    .option('--to <address>', 'send it there (default: to the owner)', account)
    .addHelpText(
      'after',
      '\nExamples:\n  tributary owner claim 31337:0x…/1\n  tributary owner claim 31337:0x…/1 --to 0x… --dry-run',
    )
    .action(run(async () => (await import('../commands/owner-claim.ts')).claim));
  signing(owner.command('rotate-operator'))
    .description('a new operator key, on chain and in the home; the old one is kept aside')
    .addHelpText(
      'after',
      '\nExamples:\n  tributary owner rotate-operator --dry-run\n  tributary owner rotate-operator --unsigned rotate.json',
    )
    .action(run(async () => (await import('../commands/owner-keys.ts')).rotateOperator));
  signing(owner.command('rotate-seat [job]'))
    .description("this home's operator key for a dataset that you bought, and for its seats in running jobs")
    .option('--dataset <id>', 'in the registry (default: the one that this home registered)', number)
    .option('--operator <address>', "another key than this home's", account)
    .addHelpText(
      'after',
      '\nExamples:\n  tributary owner rotate-seat --dataset 3 --dry-run\n  tributary owner rotate-seat 31337:0x…/1 --dataset 3',
    )
    .action(run(async () => (await import('../commands/owner-seats.ts')).rotateSeat));
  signing(owner.command('withdraw-operator'))
    .description('clear the operator key on chain, so that this machine takes part in no new job')
    .addHelpText('after', '\nExample:\n  tributary owner withdraw-operator --dry-run')
    .action(run(async () => (await import('../commands/owner-keys.ts')).withdrawOperator));
  owner
    .command('status <job>')
    .description('what each round cost and paid')
    .addHelpText('after', '\nExample:\n  tributary owner status 31337:0x…/1')
    .action(run(async () => (await import('../commands/owner-status.ts')).status));
}
