/** `tributary lineage`: a job's chain of manifests. Names, options and help; what a command does is loaded when it is called. */
import type { Command } from 'commander';
import { run } from './arguments.ts';

export function addLineage(program: Command): void {
  program
    .command('lineage')
    .description("a job's chain of manifests")
    .command('export <job>')
    .description('everything that the lineage links, as one CAR file')
    .requiredOption('--out <file>', 'the CAR file to write')
    .addHelpText('after', '\nExample:\n  tributary lineage export 31337:0x…/1 --out job.car')
    .action(run(async () => (await import('../commands/lineage.ts')).exportLineage));
}
