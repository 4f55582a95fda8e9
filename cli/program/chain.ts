/** `tributary chain`: the contracts, and a faucet on a local chain. Names, options and help; what a command does is loaded when it is called. */
import type { Command } from 'commander';
import { addresses, number, port, positive, run } from './arguments.ts';

export function addChain(program: Command): void {
  const chain = program.command('chain').description('the contracts, and a faucet on a local chain');
  chain
    .command('deploy')
    .description('deploy the contracts and write the deployment record')
    .option('--payment-token <address>', 'an existing ERC-20; on the local chain a test coin is deployed')
    .option('--min-round-timeout <seconds>', 'floor for every job', number, 60)
    .option('--min-short-window <seconds>', 'floor: challenge window with a quorum', number, 600)
    .option('--min-long-window <seconds>', 'floor: challenge window without one', number, 86_400)
    .addHelpText('after', '\nExample:\n  tributary chain deploy --deployment ./deployment.json')
    .action(run(async () => (await import('../commands/chain.ts')).deployContracts));
  chain
    .command('start')
    .description('run a local chain until stopped; it goes on from the state that it left')
    .option('--port <port>', '0 takes a free one', port, 8545)
    .option('--block-time <seconds>', 'between blocks', positive, 1)
    .option('--state <file>', 'where its state is kept (default: chain-state.json in the home)')
    .addHelpText('after', '\nExample:\n  tributary chain start --port 8545')
    .action(run(async () => (await import('../commands/chain-start.ts')).startChain));
  chain
    .command('fund')
    .argument('<addresses...>', 'accounts', addresses)
    .description('give accounts gas and test coins; local chain only')
    .option('--coins <amount>', 'test coins in base units', '1000000000')
    .addHelpText('after', '\nExample:\n  tributary chain fund 0x70997970c51812dc3a010c7d01b50e0d17dc79c8')
    .action(run(async () => (await import('../commands/chain.ts')).fund));
}
