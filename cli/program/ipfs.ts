/** `tributary ipfs`: the embedded node. Names, options and help; what a command does is loaded when it is called. */
import type { Command } from 'commander';
import { number, run } from './arguments.ts';

const more = (text: string, earlier: string[]): string[] => [...earlier, text];
const defaultFolder = 'where blocks are kept (default: ipfs in the home)';

export function addIpfs(program: Command): void {
  const ipfs = program.command('ipfs').description('the embedded IPFS node');
  ipfs
    .command('start')
    .description(
      'serve blocks on loopback until stopped; with --listen or --peer, exchange them with peers too',
    )
    .option('--folder <folder>', defaultFolder)
    .option('--port <port>', '0 takes a free one', number, 5001)
    .option('--listen <multiaddr>', 'let peers in here, as /ip4/0.0.0.0/tcp/4001 (repeatable)', more, [])
    .option(
      '--peer <multiaddr>',
      'exchange blocks with this peer: /ip4/…/tcp/…/p2p/ID is dialled, /p2p/ID may come in (repeatable)',
      more,
      [],
    )
    .option(
      '--allow-any-peer',
      'let in peers that no --peer names: whoever knows a CID can then read its block',
    )
    .addHelpText(
      'after',
      `
Without --listen and --peer the node has no network at all. With them it talks to the named peers
and to nobody else: it joins no public network, and nobody can find it there.

Examples:
  tributary ipfs start --port 5001
  tributary ipfs start --listen /ip4/10.0.0.1/tcp/4001 --peer /p2p/12D3KooW…
  tributary ipfs start --peer /ip4/10.0.0.1/tcp/4001/p2p/12D3KooW…`,
    )
    .action(run(async () => (await import('../commands/ipfs.ts')).startNode));
  ipfs
    .command('id')
    .description("the node's peer id, which the other node's --peer names; made if there is none yet")
    .option('--folder <folder>', defaultFolder)
    .addHelpText('after', '\nExample:\n  tributary ipfs id')
    .action(run(async () => (await import('../commands/ipfs.ts')).showPeerId));
}
