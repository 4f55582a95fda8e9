/** `tributary buyer`: access, a model, a check of every round. Names, options and help; what a command does is loaded when it is called. */
import type { Command } from 'commander';
import { number, numbers, run } from './arguments.ts';

export function addBuyer(program: Command): void {
  const buyer = program.command('buyer').description('buy access, train a model, check every round');
  buyer
    .command('init')
    .description("make the buyer's key")
    .addHelpText('after', '\nExample:\n  tributary buyer init')
    .action(run(async () => (await import('../commands/buyer-keys.ts')).init));
  const jobOptions = (command: Command) =>
    command
      .requiredOption('--datasets <ids>', 'registry ids, comma-separated', numbers)
      .requiredOption('--rounds <n>', 'rounds to run', number)
      .option('--bonus <amount>', 'base units shared among participants over all rounds', '0');
  jobOptions(buyer.command('quote'))
    .description('what a job would cost; nothing is signed')
    .addHelpText('after', '\nExample:\n  tributary buyer quote --datasets 1,2,3 --rounds 5')
    .action(run(async () => (await import('../commands/buyer-quote.ts')).quote));
  jobOptions(buyer.command('launch'))
    .description('buy access, publish the terms, open and activate the job; goes on where it was cut')
    .requiredOption('--recipe <file>', 'recipe, model and aggregation as JSON (see examples/demo)')
    .requiredOption('--coordinator <url>', 'who runs the rounds')
    .requiredOption('--coordinator-address <address>', 'the account that settles them')
    .option('--minimum-cohort <n>', 'members that a sum needs', number, 3)
    .option('--name <name>', 'of this launch in this home: the same name goes on where it was cut', 'job')
    .option('--enrolling-seconds <seconds>', 'time to train and enrol', number, 600)
    .option('--phase-seconds <seconds>', 'time of each later phase', number, 60)
    .option('--seed <hex>', 'the initial weights follow from these 32 bytes (default: random)')
    .option('--dry-run', 'say what it costs and what would be sent, and stop')
    .option('--round-timeout <seconds>', 'how long a round is kept after a cancel', number, 3600)
    .option('--short-window <seconds>', 'challenge window with a quorum', number, 600)
    .option('--long-window <seconds>', 'challenge window without one', number, 86_400)
    .option('--cutoff-days <days>', 'when the job ends at the latest', number, 30)
    .addHelpText(
      'after',
      '\nExample:\n  tributary buyer launch --datasets 1,2,3 --rounds 5 --recipe job.json --coordinator https://…',
    )
    .action(run(async () => (await import('../commands/buyer-launch.ts')).launchJob));
  buyer
    .command('watch <job>')
    .description('check, evaluate and approve every round until the last is settled')
    .requiredOption('--held-out <csv>', 'rows that no owner has, to evaluate on')
    .addHelpText('after', '\nExample:\n  tributary buyer watch 31337:0x…/1 --held-out held-out.csv')
    .action(run(async () => (await import('../commands/buyer-watch.ts')).watchJob));
  buyer
    .command('download <job>')
    .description('the model of the last settled round, verified against the chain')
    .requiredOption('--out <folder>', 'where to put topology, weights and manifest')
    .addHelpText('after', '\nExample:\n  tributary buyer download 31337:0x…/1 --out model')
    .action(run(async () => (await import('../commands/buyer-download.ts')).downloadModel));
  buyer
    .command('cancel <job>')
    .description('stop a job: at once while it is open, else after one round timeout')
    .addHelpText('after', '\nExample:\n  tributary buyer cancel 31337:0x…/1')
    .action(run(async () => (await import('../commands/buyer-exits.ts')).cancel));
  buyer
    .command('close <job>')
    .description('close a job that is over, show what was not earned, withdraw what comes back')
    .addHelpText('after', '\nExample:\n  tributary buyer close 31337:0x…/1')
    .action(run(async () => (await import('../commands/buyer-exits.ts')).closeJob));
}
