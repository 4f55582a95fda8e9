/** `tributary dispute`: posted rounds that someone calls false. Names, options and help; what a command does is loaded when it is called. */
import type { Command } from 'commander';
import { positive, run, signingAs } from './arguments.ts';

const EVIDENCE =
  'what to file: the CID of a dag-cbor block, or a CAR file, whose blocks go to the IPFS node where others can read them';
const answers = async () => import('../commands/dispute-answer.ts');

export function addDispute(program: Command): void {
  const dispute = program
    .command('dispute')
    .description('challenge a posted round, and see a dispute to its end');
  const acting = (command: Command): Command =>
    signingAs("the acting account's", command).option(
      '--key <file>',
      'keystore that acts (default: buyer, coordinator, owner or arbiter of the home)',
    );
  const round = (command: Command): Command =>
    command
      .requiredOption('--job <job>', 'the job, as 31337:0x…/1')
      .requiredOption('--round <n>', 'the posted round', positive);

  round(acting(dispute.command('challenge')))
    .description('recompute a posted round, and dispute it for a bond if it is false')
    .option('--evidence <file|cid>', `${EVIDENCE} (default: a block that says what is wrong)`)
    .option('--force', 'do not recompute: a challenger of a true round loses its bond')
    .addHelpText(
      'after',
      '\nExamples:\n  tributary dispute challenge --job 31337:0x…/1 --round 2 --dry-run' +
        '\n  tributary dispute challenge --job 31337:0x…/1 --round 2 --key ~/.tributary/buyer/buyer.json',
    )
    .action(run(async () => (await import('../commands/dispute-challenge.ts')).challenge));
  dispute
    .command('show')
    .description('disputes with their deadlines, bonds and evidence; needs no key')
    .option('--job <job>', 'of this job only')
    .addHelpText('after', '\nExample:\n  tributary dispute show --job 31337:0x…/1')
    .action(run(async () => (await import('../commands/dispute-show.ts')).showDisputes));
  round(acting(dispute.command('defend')))
    .description('answer a challenge with the same bond; by the job’s coordinator')
    .option('--evidence <file|cid>', `${EVIDENCE} (default: the round's manifest)`)
    .option('--force', 'defend a round that is false too: the bond is lost')
    .addHelpText('after', '\nExample:\n  tributary dispute defend --job 31337:0x…/1 --round 2 --dry-run')
    .action(run(async () => (await answers()).defend));
  round(acting(dispute.command('file')))
    .description('name a further block of evidence; by either side, until the dispute is over')
    .requiredOption('--evidence <file|cid>', EVIDENCE)
    .addHelpText('after', '\nExample:\n  tributary dispute file --job 31337:0x…/1 --round 2 --evidence bafy…')
    .action(run(async () => (await answers()).file));
  round(acting(dispute.command('conclude')))
    .description('end a dispute that a deadline or an earlier dispute has decided; by anyone')
    .addHelpText('after', '\nExample:\n  tributary dispute conclude --job 31337:0x…/1 --round 2')
    .action(run(async () => (await answers()).conclude));
  acting(dispute.command('withdraw'))
    .description('take home bonds that came back, and what was won')
    .addHelpText('after', '\nExample:\n  tributary dispute withdraw --dry-run')
    .action(run(async () => (await answers()).withdraw));
}
