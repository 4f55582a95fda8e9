/** `tributary lineage`: a job's chain of manifests. Names, options and help; what a command does is loaded when it is called. */
import type { Command } from 'commander';
import { number, run } from './arguments.ts';

export function addLineage(program: Command): void {
  const lineage = program.command('lineage').description("a job's chain of manifests");
  lineage
    .command('show <job>')
    .description('the chain of rounds, each link held against the chain; ends at the first that is broken')
    .option('--car <file>', 'read blocks from this CAR file, not from the IPFS node')
    .addHelpText('after', '\nExample:\n  tributary lineage show 31337:0x…/1')
    .action(run(async () => (await import('../commands/lineage-show.ts')).showLineage));
  lineage
    .command('export <job>')
    .description('everything that the lineage links, as one CAR file')
    .requiredOption('--out <file>', 'the CAR file to write')
    .option('--round <number>', 'up to this round (default: the last settled one)', number)
    .option('--force', 'replace the file if it is there')
    .addHelpText('after', '\nExample:\n  tributary lineage export 31337:0x…/1 --out job.car')
    .action(run(async () => (await import('../commands/lineage-export.ts')).exportLineage));
  lineage
    .command('import <file>')
    .description('put a CAR file into the IPFS node, every block hashed again, and pin its root')
    .option('--partial', 'take a file that is not complete; its root is pinned if the node has the rest')
    .addHelpText('after', '\nExample:\n  tributary lineage import job.car --ipfs http://127.0.0.1:5001')
    .action(run(async () => (await import('../commands/lineage-import.ts')).importLineage));
  lineage
    .command('pin <job>')
    .description('have the IPFS node keep all of the lineage, fetched from its peers where it lacks it')
    .option('--round <number>', 'up to this round (default: the last settled one)', number)
    .addHelpText(
      'after',
      '\nExample, on a second node that peers with the first:\n  tributary lineage pin 31337:0x…/1 --ipfs http://127.0.0.1:5002',
    )
    .action(run(async () => (await import('../commands/lineage-pin.ts')).pinLineage));
}
