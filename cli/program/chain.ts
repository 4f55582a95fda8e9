/** `tributary chain`: the contracts, and a faucet on a local chain. Names, options and help; what a command does is loaded when it is called. */
import type { Command } from 'commander';
import { account, addresses, basisPoints, baseUnits, number, port, positive, run } from './arguments.ts';

export function addChain(program: Command): void {
  const chain = program.command('chain').description('the contracts, and a faucet on a local chain');
  chain
    .command('deploy')
    .description('deploy the contracts and write the deployment record')
    .option('--payment-token <address>', 'an existing ERC-20; on the local chain a test coin is deployed')
    .option('--min-round-timeout <seconds>', 'floor for every job', number, 60)
    .option('--min-short-window <seconds>', 'floor: challenge window with a quorum', number, 600)
    .option('--min-long-window <seconds>', 'floor: challenge window without one', number, 86_400)
    .option('--fee <basis-points>', "of a unit's price, on top of it, at most 500", basisPoints, 0)
    .option('--fee-recipient <address>', 'is credited with the fees (default: the deployer)', account)
    .option(
      '--arbiter <address>',
      'answers disputes (default: the deployer, on the local chain only)',
      account,
    )
    .option('--arbiter-fee <amount>', 'base units that it is paid for an answer (default: 0)', baseUnits)
    .option(
      '--admin <address>',
      'may change fee and arbiters, and pause new jobs (default: the deployer, on the local chain only)',
      account,
    )
    .option(
      '--admin-delay <seconds>',
      'from announcing a change to making it (default: none on the local chain, else two days)',
      number,
    )
    .option(
      '--defence-window <seconds>',
      'for the answer to a challenge (default: a minute on the local chain, else a day)',
      positive,
    )
    .option(
      '--judgement-window <seconds>',
      'for the arbiter (default: two minutes on the local chain, else three days)',
      positive,
    )
    .addHelpText(
      'after',
      '\nExamples:\n  tributary chain deploy --deployment ./deployment.json' +
        '\n  tributary chain deploy --payment-token 0x… --arbiter 0x… --arbiter-fee 1000000 --admin 0x… --fee 250',
    )
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
