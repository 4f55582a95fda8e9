/** `tributary webhooks`: events of jobs, posted to a URL. Names, options and help; what a command does is loaded when it is called. */
import type { Command } from 'commander';
import { positive, run } from './arguments.ts';

const load = async () => import('../commands/webhooks.ts');
const dry = '--dry-run';

export function addWebhooks(program: Command): void {
  const webhooks = program
    .command('webhooks')
    .description("events of an account's jobs, posted to a URL: made, listed, deleted, delivered again");
  signingIn(webhooks.command('create <url>'))
    .description('have events posted to a URL, and print the secret that signs them, this once')
    .option('--job <number>', "of this job (default: of all jobs that are the account's)", positive)
    .option(dry, 'say what would be made, and stop')
    .addHelpText('after', example('create https://receiver.example/hook', '--job 7'))
    .action(run(async () => (await load()).create));
  signingIn(webhooks.command('list'))
    .description("the account's webhooks, and how many messages wait or were given up")
    .addHelpText('after', example('list'))
    .action(run(async () => (await load()).list));
  signingIn(webhooks.command('delete <id>'))
    .description('delete a webhook, with all that waits to be delivered to it')
    .option(dry, 'say what would be deleted, and stop')
    .addHelpText('after', example('delete 0e0e…'))
    .action(run(async () => (await load()).remove));
  signingIn(webhooks.command('rotate <id>'))
    .description('replace the secret of a webhook and print the new one; for 24 hours both sign')
    .option(dry, 'say which would be replaced, and stop')
    .addHelpText('after', example('rotate 0e0e…'))
    .action(run(async () => (await load()).rotate));
  signingIn(webhooks.command('dead-letters <id>'))
    .description('messages of a webhook that were given up, and why')
    .addHelpText('after', example('dead-letters 0e0e…'))
    .action(run(async () => (await load()).deadLetters));
  signingIn(webhooks.command('redeliver <id> [messages...]'))
    .description('deliver messages again that were given up (default: all of them)')
    .option(dry, 'say which would be delivered again, and stop')
    .addHelpText('after', example('redeliver 0e0e…'))
    .action(run(async () => (await load()).redeliver));
}

const signingIn = (command: Command): Command =>
  command
    .requiredOption('--coordinator <url>', 'where to sign in: its public URL')
    .requiredOption('--keystore <file>', 'the account: of a buyer, an owner, or a reader');

const example = (command: string, more = ''): string =>
  `\nExample:\n  tributary webhooks ${command} --coordinator https://… --keystore ~/.tributary/buyer.json ${more}`.trimEnd();
