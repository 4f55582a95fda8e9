/** The `tributary` command: names, options and help. What a command does is loaded when it is called. */
import { Command, InvalidArgumentError } from 'commander';
import { report } from './output.ts';

const number = (text: string): number => {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('expected a whole number');
  return Number(text);
};
const list = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
const numbers = (text: string): number[] => list(text).map(number);

const program = new Command('tributary')
  .description(
    'Federated learning and a marketplace for private data: train, pay and audit without seeing the rows.',
  )
  .option('--home <folder>', 'keys, settings and records (TRIBUTARY_HOME, ~/.tributary)')
  .option('--rpc <url>', "the chain's JSON-RPC (TRIBUTARY_RPC)")
  .option('--ipfs <url>', 'the IPFS node, Kubo RPC (TRIBUTARY_IPFS)')
  .option('--deployment <file>', 'record of the contracts (TRIBUTARY_DEPLOYMENT)')
  .option('--password-file <file>', 'password of the keystores (TRIBUTARY_PASSWORD_FILE)')
  .option('--json', 'one JSON object a line, for machines')
  .showHelpAfterError('(tributary --help lists the commands)');

/** Loads a command's module when it runs, so that --help is quick. Options are what the definitions below make them. */
const run =
  (load: () => Promise<(options: never, ...args: string[]) => Promise<void>>) =>
  async (...call: unknown[]): Promise<void> => {
    const command = call.at(-1) as Command;
    const action = await load();
    await action(command.optsWithGlobals<never>(), ...command.args);
  };

const chain = program.command('chain').description('the contracts, and a faucet on a local chain');
chain
  .command('deploy')
  .description('deploy the contracts and write the deployment record')
  .option('--payment-token <address>', 'an existing ERC-20; on the local chain a test coin is deployed')
  .option('--min-round-timeout <seconds>', 'floor for every job', number, 60)
  .option('--min-short-window <seconds>', 'floor: challenge window with a quorum', number, 600)
  .option('--min-long-window <seconds>', 'floor: challenge window without one', number, 86_400)
  .addHelpText('after', '\nExample:\n  tributary chain deploy --deployment ./deployment.json')
  .action(run(async () => (await import('./commands/chain.ts')).deployContracts));
chain
  .command('fund <addresses...>')
  .description('give accounts gas and test coins; local chain only')
  .option('--coins <amount>', 'test coins in base units', '1000000000')
  .addHelpText('after', '\nExample:\n  tributary chain fund 0x70997970c51812dc3a010c7d01b50e0d17dc79c8')
  .action(run(async () => (await import('./commands/chain.ts')).fund));

program
  .command('ipfs')
  .description('the embedded IPFS node')
  .command('start')
  .description('serve blocks on loopback until stopped')
  .option('--folder <folder>', 'where blocks are kept (default: ipfs in the home)')
  .option('--port <port>', '0 takes a free one', number, 5001)
  .addHelpText('after', '\nExample:\n  tributary ipfs start --port 5001')
  .action(run(async () => (await import('./commands/ipfs.ts')).startNode));

const coordinator = program.command('coordinator').description('run rounds for buyers');
coordinator
  .command('init')
  .description("make the coordinator's key")
  .addHelpText('after', '\nExample:\n  tributary coordinator init')
  .action(run(async () => (await import('./commands/coordinator.ts')).init));
coordinator
  .command('start')
  .description('serve the API and run jobs until stopped')
  .option('--host <host>', 'address to listen on', '127.0.0.1')
  .option('--port <port>', '0 takes a free one', number, 7070)
  .option('--public-url <url>', 'where clients reach it, if not there')
  .addHelpText('after', '\nExample:\n  tributary coordinator start --port 7070')
  .action(run(async () => (await import('./commands/coordinator.ts')).start));

const owner = program.command('owner').description('offer a dataset, train on it, be paid');
owner
  .command('init')
  .description("make the owner's key, the operator's key and the dataset's salt")
  .addHelpText('after', '\nExample:\n  tributary owner init')
  .action(run(async () => (await import('./commands/owner-keys.ts')).init));
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
  .action(run(async () => (await import('./commands/owner-register.ts')).register));
owner
  .command('run')
  .description('train and take part in jobs until stopped')
  .requiredOption('--data <csv>', 'the rows that were registered')
  .addHelpText('after', '\nExample:\n  tributary owner run --data rows.csv')
  .action(run(async () => (await import('./commands/owner-run.ts')).runClient));
owner
  .command('claim <job>')
  .description('collect what final rounds have earned')
  .addHelpText('after', '\nExample:\n  tributary owner claim 31337:0x…/1')
  .action(run(async () => (await import('./commands/owner-claim.ts')).claim));

owner
  .command('status <job>')
  .description('what each round cost and paid')
  .addHelpText('after', '\nExample:\n  tributary owner status 31337:0x…/1')
  .action(run(async () => (await import('./commands/owner-status.ts')).status));

const buyer = program.command('buyer').description('buy access, train a model, check every round');
buyer
  .command('init')
  .description("make the buyer's key")
  .addHelpText('after', '\nExample:\n  tributary buyer init')
  .action(run(async () => (await import('./commands/buyer-keys.ts')).init));
const jobOptions = (command: Command) =>
  command
    .requiredOption('--datasets <ids>', 'registry ids, comma-separated', numbers)
    .requiredOption('--rounds <n>', 'rounds to run', number)
    .option('--bonus <amount>', 'base units shared among participants over all rounds', '0');
jobOptions(buyer.command('quote'))
  .description('what a job would cost; nothing is signed')
  .addHelpText('after', '\nExample:\n  tributary buyer quote --datasets 1,2,3 --rounds 5')
  .action(run(async () => (await import('./commands/buyer-quote.ts')).quote));
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
  .action(run(async () => (await import('./commands/buyer-launch.ts')).launchJob));
buyer
  .command('watch <job>')
  .description('check, evaluate and approve every round until the last is settled')
  .requiredOption('--held-out <csv>', 'rows that no owner has, to evaluate on')
  .addHelpText('after', '\nExample:\n  tributary buyer watch 31337:0x…/1 --held-out held-out.csv')
  .action(run(async () => (await import('./commands/buyer-watch.ts')).watchJob));
buyer
  .command('download <job>')
  .description('the model of the last settled round, verified against the chain')
  .requiredOption('--out <folder>', 'where to put topology, weights and manifest')
  .addHelpText('after', '\nExample:\n  tributary buyer download 31337:0x…/1 --out model')
  .action(run(async () => (await import('./commands/buyer-download.ts')).downloadModel));
buyer
  .command('cancel <job>')
  .description('stop a job: at once while it is open, else after one round timeout')
  .addHelpText('after', '\nExample:\n  tributary buyer cancel 31337:0x…/1')
  .action(run(async () => (await import('./commands/buyer-exits.ts')).cancel));
buyer
  .command('close <job>')
  .description('close a job that is over, show what was not earned, withdraw what comes back')
  .addHelpText('after', '\nExample:\n  tributary buyer close 31337:0x…/1')
  .action(run(async () => (await import('./commands/buyer-exits.ts')).closeJob));

program
  .command('audit <job>')
  .description('recompute a job from chain, blocks and evidence; asks the coordinator nothing')
  .option('--evidence <folder>', 'CAR files that a participant or the buyer gave')
  .option(
    '--car <file>',
    'read blocks from this CAR file, not from the IPFS node; its root is held against the chain',
  )
  .option('--levels <list>', '1 links, 2 signatures, 3 models, 4 sums, 5 payouts', numbers, [1, 2, 3, 4, 5])
  .addHelpText('after', '\nExample:\n  tributary audit 31337:0x…/1 --evidence evidence/')
  .action(run(async () => (await import('./commands/audit.ts')).auditJob));

program
  .command('lineage')
  .description("a job's chain of manifests")
  .command('export <job>')
  .description('everything that the lineage links, as one CAR file')
  .requiredOption('--out <file>', 'the CAR file to write')
  .addHelpText('after', '\nExample:\n  tributary lineage export 31337:0x…/1 --out job.car')
  .action(run(async () => (await import('./commands/lineage.ts')).exportLineage));

try {
  await program.parseAsync();
} catch (error) {
  report(error, process.argv.includes('--json'));
  process.exitCode = 1;
}
