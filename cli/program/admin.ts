/** `tributary admin`: fee, arbiters and pause of new jobs. Names, options and help; what a command does is loaded when it is called. */
import type { Command } from 'commander';
import { account, basisPoints, run, signing } from './arguments.ts';
import { baseUnits } from './buyer-arguments.ts';

const load = async () => import('../commands/admin.ts');

export function addAdmin(program: Command): void {
  const admin = program
    .command('admin')
    .description('what is asked of new jobs: fee, arbiters, pause; nothing touches a job that is open');
  admin
    .command('show')
    .description('fee, arbiters, roles with their delays, and what is announced; needs no key')
    .addHelpText('after', '\nExample:\n  tributary admin show')
    .action(run(async () => (await import('../commands/admin-show.ts')).show));
  changing(admin.command('set-fee'))
    .argument('<basis-points>', "of a unit's price, for jobs opened from then on", basisPoints)
    .description('the fee of new jobs; announced first where the role has a delay')
    .addHelpText('after', '\nExample:\n  tributary admin set-fee 250')
    .action(run(async () => (await load()).setFee));
  changing(admin.command('list-arbiter'))
    .argument('<address>', 'its account', account)
    .requiredOption('--fee <amount>', 'base units that it is paid for an answer', baseUnits)
    .description('let new jobs choose an arbiter, or change its fee for new jobs')
    .addHelpText('after', '\nExample:\n  tributary admin list-arbiter 0x… --fee 1000000')
    .action(run(async () => (await load()).listArbiter));
  changing(admin.command('remove-arbiter'))
    .argument('<address>', 'its account', account)
    .description('new jobs can not choose it any more; those that have it keep it')
    .addHelpText('after', '\nExample:\n  tributary admin remove-arbiter 0x… --dry-run')
    .action(run(async () => (await load()).removeArbiter));
  changing(admin.command('pause'))
    .description('no new jobs; those that are open go on')
    .addHelpText('after', '\nExample:\n  tributary admin pause')
    .action(run(async () => (await load()).pause));
  changing(admin.command('unpause'))
    .description('new jobs again')
    .addHelpText('after', '\nExample:\n  tributary admin unpause')
    .action(run(async () => (await load()).unpause));
  keyed(admin.command('cancel'))
    .argument('<operation>', 'as admin show gives it')
    .description('take an announcement back; by who made it, or an administrator')
    .addHelpText('after', '\nExample:\n  tributary admin cancel 0x1f2e3d4c')
    .action(run(async () => (await load()).cancel));
  keyed(admin.command('collect-fees'))
    .argument('[job]', 'of this job alone (default: of all)')
    .description('credit the fees of claimed units, and withdraw them where this account receives them')
    .addHelpText('after', '\nExample:\n  tributary admin collect-fees 31337:0x…/1')
    .action(run(async () => (await import('../commands/admin-fees.ts')).collect));
}

const keyed = (command: Command): Command =>
  signing(command).option(
    '--keystore <file>',
    'the key (default: admin.json, else deployer.json in the home)',
  );

const changing = (command: Command): Command =>
  keyed(command).option('--execute', 'make what was announced; announce nothing');
