/** `tributary buyer`: access, a model, a check of every round. Names, options and help; what a command does is loaded when it is called. */
import { Option, type Command } from 'commander';
import { account, addresses, list, number, numbers, run } from './arguments.ts';
import { baseUnits, modelOptions, trainingOptions } from './buyer-arguments.ts';

const bonus = () =>
  new Option('--bonus <amount>', 'base units shared among participants over all rounds')
    .argParser(baseUnits)
    .default(0n, '0');

export function addBuyer(program: Command): void {
  const buyer = program.command('buyer').description('buy access, train a model, check every round');
  buyer
    .command('init')
    .description("make the buyer's key")
    .addHelpText('after', '\nExample:\n  tributary buyer init')
    .action(run(async () => (await import('../commands/buyer-keys.ts')).init));
  addMarket(buyer);
  addLaunch(buyer);
  addModels(buyer);
  addExits(buyer);
}

function addMarket(buyer: Command): void {
  buyer
    .command('datasets')
    .description('what is for sale: columns, rows, prices and policies; needs no key')
    .option('--label <column>', 'only with this label')
    .option('--columns <names>', 'only with these columns', list)
    .option('--max-price <amount>', 'base units a round at most', baseUnits)
    .option('--min-rows <n>', 'rows at least, by their bucket', number)
    .option('--like <dataset>', 'only with the schema of this dataset', number)
    .addHelpText('after', '\nExample:\n  tributary buyer datasets --label diagnosis --max-price 1000000')
    .action(run(async () => (await import('../commands/buyer-datasets.ts')).datasets));
  const units = (command: Command) =>
    command
      .requiredOption('--datasets <ids>', 'registry ids, comma-separated', numbers)
      .requiredOption('--rounds <n>', 'rounds to run', number);
  units(buyer.command('quote'))
    .description('what a job would cost; nothing is signed')
    .addOption(bonus())
    .option('--arbiter <address>', "who answers disputes (default: the deployment's first)", account)
    .addHelpText('after', '\nExample:\n  tributary buyer quote --datasets 1,2,3 --rounds 5')
    .action(run(async () => (await import('../commands/buyer-quote.ts')).quote));
  units(buyer.command('buy'))
    .description('buy access ahead of a launch; units that are held already are not bought again')
    .option('--max-cost <amount>', 'base units to pay at most', baseUnits)
    .option('--yes', 'do not ask')
    .option('--dry-run', 'say what it costs, and stop')
    .addHelpText('after', '\nExample:\n  tributary buyer buy --datasets 1,2,3 --rounds 5 --dry-run')
    .action(run(async () => (await import('../commands/buyer-buy.ts')).buy));
}

function addLaunch(buyer: Command): void {
  const launch = buyer
    .command('launch')
    .description('find datasets, buy access, publish the terms, open and activate the job')
    .option('--budget <amount>', 'base units that the job may cost in all, its fee included', baseUnits)
    .option('--max-cost <amount>', 'the same; the lower of the two counts', baseUnits)
    .option(
      '--datasets <ids>',
      'registry ids, comma-separated (default: by schema, price and policy)',
      numbers,
    )
    .option('--rounds <n>', 'rounds to run (default: as many as the budget affords)', number)
    .addOption(bonus())
    .option('--coordinator <url>', 'who runs the rounds (default: the stack of tributary dev)')
    .option('--coordinator-address <address>', 'the account that it must be (default: as it says itself)')
    .option('--arbiter <address>', "who answers disputes (default: the deployment's first)", account)
    .option('--minimum-cohort <n>', 'owners that a sum needs', number, 3)
    .option('--name <name>', 'of this launch in this home: the same name goes on where it was cut', 'job')
    .option('--enrolling-seconds <seconds>', 'time to train and enrol', number, 600)
    .option('--phase-seconds <seconds>', 'time of each later phase', number, 60)
    .option('--seed <hex>', 'the initial weights follow from these 32 bytes (default: random)')
    .option('--round-timeout <seconds>', 'how long a round is kept after a cancel', number, 3600)
    .option('--short-window <seconds>', 'challenge window with a quorum', number, 600)
    .option('--long-window <seconds>', 'challenge window without one', number, 86_400)
    .option('--cutoff-days <days>', 'when the job ends at the latest', number, 30)
    .option(
      '--evidence-reader <address>',
      "may read the rounds' evidence, as members and you may (repeat it; at most 16)",
      addresses,
    )
    .option(
      '--retention-days <days>',
      'how long evidence is kept once a round is final; not below the long window',
      number,
      90,
    )
    .option('--yes', 'do not ask')
    .option('--dry-run', 'say what it would buy and cost, and stop');
  trainingOptions(modelOptions(launch))
    .addHelpText(
      'after',
      '\nThe quote is fixed: another price or a missing offer ends the launch. Asks on a terminal, unless --yes.\n' +
        '\nExamples:\n  tributary buyer launch --template tabular-classifier --label diagnosis --budget 50000000' +
        '\n  tributary buyer launch --model model.json --label diagnosis --datasets 1,2,3 --rounds 5 --coordinator https://…' +
        '\n  tributary buyer launch --recipe job.json --datasets 1,2,3 --rounds 5 --coordinator https://…',
    )
    .action(run(async () => (await import('../commands/buyer-launch.ts')).launchJob));
}

function addModels(buyer: Command): void {
  buyer
    .command('watch <job>')
    .description('check, evaluate and approve every round until the last is settled')
    .requiredOption('--held-out <file>', 'rows that no owner has, to evaluate on')
    .addHelpText('after', '\nExample:\n  tributary buyer watch 31337:0x…/1 --held-out held-out.csv')
    .action(run(async () => (await import('../commands/buyer-watch.ts')).watchJob));
  buyer
    .command('evaluate <job>')
    .description("metrics of settled rounds' models on your own rows; needs no key")
    .requiredOption('--held-out <file>', 'rows that no owner has, to evaluate on')
    .option('--round <n>', 'which round; 0 is the untrained model (default: the last)', number)
    .option('--all', 'every round, from 0')
    .option('--car <file>', 'read the lineage from this file rather than from IPFS')
    .addHelpText('after', '\nExample:\n  tributary buyer evaluate 31337:0x…/1 --held-out held-out.csv --all')
    .action(run(async () => (await import('../commands/buyer-evaluate.ts')).evaluate));
  buyer
    .command('download <job>')
    .description('the model of the last settled round, verified against the chain')
    .requiredOption('--out <folder>', 'where to put topology, weights and manifest')
    .addHelpText('after', '\nExample:\n  tributary buyer download 31337:0x…/1 --out model')
    .action(run(async () => (await import('../commands/buyer-download.ts')).downloadModel));
}

function addExits(buyer: Command): void {
  buyer
    .command('cancel <job>')
    .description('stop a job: at once while it is open, else after one round timeout')
    .option('--dry-run', 'say what would come back, and stop')
    .addHelpText('after', '\nExample:\n  tributary buyer cancel 31337:0x…/1')
    .action(run(async () => (await import('../commands/buyer-exits.ts')).cancel));
  buyer
    .command('refund [job]')
    .description(
      'take back unused units, what closed jobs did not earn, and credits; closes jobs that are over',
    )
    .option('--dry-run', 'say what can come back and when, and stop')
    .addHelpText(
      'after',
      '\nExamples:\n  tributary buyer refund --dry-run\n  tributary buyer refund 31337:0x…/1',
    )
    .action(run(async () => (await import('../commands/buyer-exits.ts')).refund));
}
