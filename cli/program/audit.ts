/** `tributary audit`: a job recomputed without its coordinator. Names, options and help; what a command does is loaded when it is called. */
import type { Command } from 'commander';
import { numbers, run } from './arguments.ts';

export function addAudit(program: Command): void {
  program
    .command('audit <job>')
    .description('recompute a job from chain, blocks and evidence; asks the coordinator nothing')
    .option('--evidence <folder>', 'CAR files that a participant or the buyer gave')
    .option(
      '--car <file>',
      'read blocks from this CAR file, not from the IPFS node; its root is held against the chain',
    )
    .option('--levels <list>', '1 links, 2 signatures, 3 models, 4 sums, 5 payouts', numbers, [1, 2, 3, 4, 5])
    .option('--fault <file>', 'check only this proof that a dealer cheated, as a participant journalled it')
    .addHelpText(
      'after',
      '\nEnds with 0 if every level that was asked for passed, and with 3 if not.\n\nExample:\n  tributary audit 31337:0x…/1 --evidence evidence/',
    )
    .action(run(async () => (await import('../commands/audit.ts')).auditJob));
}
