/** `tributary keys api`: API keys at a coordinator. Names, options and help; what a command does is loaded when it is called. */
import { type Command, InvalidArgumentError } from 'commander';
import { list, numbers, positive, run } from './arguments.ts';

export function addApiKeys(keys: Command): void {
  const api = keys.command('api').description('API keys at a coordinator: made, narrowed, listed, revoked');
  narrowing(signingIn(api.command('create')))
    .description('sign in, make an API key and print it, this once')
    .requiredOption('--name <text>', 'what it is used for')
    .option('--days <number>', 'how long it is good (default: 30)', positive)
    .option('--scopes <list>', 'what it is for (default: evidence:read)', list)
    .addHelpText(
      'after',
      '\nExample:\n  tributary keys api create --coordinator https://… --keystore ~/.tributary/buyer.json --name auditors --job 7',
    )
    .action(run(async () => (await import('../commands/api-keys.ts')).create));
  narrowing(api.command('narrow'))
    .description('make a weaker key of one; no coordinator is asked')
    .requiredOption('--token-file <file>', 'holds the key, alone')
    .option('--days <number>', 'not longer than so many from now', positive)
    .option('--scopes <list>', 'only these of its scopes', list)
    .addHelpText(
      'after',
      '\nExample:\n  tributary keys api narrow --token-file key.txt --rounds 2-5 --days 1',
    )
    .action(run(async () => (await import('../commands/api-keys.ts')).narrow));
  signingIn(api.command('list'))
    .description("the account's API keys that are good")
    .addHelpText(
      'after',
      '\nExample:\n  tributary keys api list --coordinator https://… --keystore ~/.tributary/buyer.json',
    )
    .action(run(async () => (await import('../commands/api-keys.ts')).show));
  signingIn(api.command('revoke <id>'))
    .description('revoke an API key, with all that were made of it')
    .addHelpText(
      'after',
      '\nExample:\n  tributary keys api revoke 0f0f… --coordinator https://… --keystore ~/.tributary/buyer.json',
    )
    .action(run(async () => (await import('../commands/api-keys.ts')).revoke));
}

const signingIn = (command: Command): Command =>
  command
    .requiredOption('--coordinator <url>', 'where to sign in: its public URL')
    .requiredOption('--keystore <file>', 'the account: of a buyer, an owner, an operator or a reader');

const narrowing = (command: Command): Command =>
  command
    .option('--job <number>', 'only this job', positive)
    .option('--rounds <first-last>', 'only these rounds, as 2-5', rounds)
    .option('--datasets <list>', 'only what concerns these datasets alone', numbers);

const rounds = (text: string): [number, number] => {
  const [, first, last] = /^(\d{1,9})-(\d{1,9})$/.exec(text) ?? [];
  if (first === undefined || last === undefined || Number(first) < 1 || Number(first) > Number(last))
    throw new InvalidArgumentError('expected rounds from 1, as 2-5');
  return [Number(first), Number(last)];
};
