/** `tributary arbiter`: answers the disputes of jobs that name it. Names, options and help; what a command does is loaded when it is called. */
import { Option, type Command } from 'commander';
import { positive, run, signingAs } from './arguments.ts';

export function addArbiter(program: Command): void {
  const arbiter = program
    .command('arbiter')
    .description('answer the disputes of jobs that name this arbiter');
  arbiter
    .command('init')
    .description("make the arbiter's key")
    .addHelpText('after', '\nExample:\n  tributary arbiter init')
    .action(run(async () => (await import('../commands/arbiter-run.ts')).init));
  arbiter
    .command('run')
    .description('recompute disputed rounds and judge them, until stopped')
    .option('--withdraw', 'take the fees as they are earned')
    .option('--dry-run', 'say what it would judge and why, and send nothing')
    .addHelpText(
      'after',
      '\nA round is void if something of it is not what the evidence recomputes, or if the evidence can not be\n' +
        "fetched when a quarter of the window is left. While this machine's own IPFS node or chain is away it says nothing.\n" +
        '\nExamples:\n  tributary arbiter run\n  tributary arbiter run --dry-run',
    )
    .action(run(async () => (await import('../commands/arbiter-run.ts')).run));
  signingAs("the arbiter's", arbiter.command('judge'))
    .description('judge one round by hand, or by what is recomputed now')
    .requiredOption('--job <job>', 'the job, as 31337:0x…/1')
    .requiredOption('--round <n>', 'the disputed round', positive)
    .addOption(new Option('--stands', 'the round stands').conflicts('void'))
    .option('--void', 'the round is void')
    .addHelpText(
      'after',
      '\nExamples:\n  tributary arbiter judge --job 31337:0x…/1 --round 2 --dry-run\n  tributary arbiter judge --job 31337:0x…/1 --round 2 --void',
    )
    .action(run(async () => (await import('../commands/arbiter-judge.ts')).judge));
  arbiter
    .command('show')
    .description('open disputes with their deadlines, and fees; needs no password')
    .option('--all', 'those that are over too, with the reasons of its judgements')
    .addHelpText('after', '\nExample:\n  tributary arbiter show')
    .action(run(async () => (await import('../commands/arbiter-judge.ts')).show));
  signingAs("the arbiter's", arbiter.command('withdraw'))
    .description('take the fees that judgements earned')
    .addHelpText('after', '\nExample:\n  tributary arbiter withdraw --dry-run')
    .action(run(async () => (await import('../commands/arbiter-judge.ts')).withdraw));
}
