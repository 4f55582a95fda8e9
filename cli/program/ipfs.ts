/** `tributary ipfs`: the embedded node. Names, options and help; what a command does is loaded when it is called. */
import type { Command } from 'commander';
import { number, run } from './arguments.ts';

export function addIpfs(program: Command): void {
  program
    .command('ipfs')
    .description('the embedded IPFS node')
    .command('start')
    .description('serve blocks on loopback until stopped')
    .option('--folder <folder>', 'where blocks are kept (default: ipfs in the home)')
    .option('--port <port>', '0 takes a free one', number, 5001)
    .addHelpText('after', '\nExample:\n  tributary ipfs start --port 5001')
    .action(run(async () => (await import('../commands/ipfs.ts')).startNode));
}
