/** `tributary keys`: keystores, and transactions signed on another machine. Names, options and help; what a command does is loaded when it is called. */
import type { Command } from 'commander';
import { addApiKeys } from './api-keys.ts';
import { number, run } from './arguments.ts';

export function addKeys(program: Command): void {
  const keys = program.command('keys').description('keystores, and transactions signed on another machine');
  keys
    .command('sign <file>')
    .description('sign the transactions that a command prepared with --unsigned; needs no chain')
    .option('--keystore <file>', 'the key (default: owner.json in the home)')
    .option('--chain <id>', 'the chain that is meant; a file for another one is refused', number)
    .option('--out <file>', 'where to write them (default: the same file)')
    .option('--yes', 'do not ask')
    .option('--dry-run', 'show what would be signed and what it costs, and stop')
    .addHelpText(
      'after',
      '\nExample:\n  tributary keys sign claim.json --keystore ~/safe/owner.json --chain 1',
    )
    .action(run(async () => (await import('../commands/keys-sign.ts')).sign));
  keys
    .command('send <file>')
    .description('broadcast signed transactions and wait until they are confirmed; safe to repeat')
    .option('--dry-run', 'show what would be sent and what it costs, and stop')
    .addHelpText('after', '\nExample:\n  tributary keys send claim.json --rpc https://…')
    .action(run(async () => (await import('../commands/keys-send.ts')).send));
  keys
    .command('show [keystores...]')
    .description('addresses of keystores (default: those in the home)')
    .addHelpText('after', '\nExample:\n  tributary keys show')
    .action(run(async () => (await import('../commands/keys.ts')).show));
  keys
    .command('import <keystore>')
    .description('make a keystore of a bare private key')
    .requiredOption('--key-file <file>', 'holds the private key as hex')
    .addHelpText('after', '\nExample:\n  tributary keys import ~/.tributary/owner.json --key-file key.txt')
    .action(run(async () => (await import('../commands/keys.ts')).importKey));
  keys
    .command('export <keystore>')
    .description('write the bare private key of a keystore, for another wallet')
    .requiredOption('--out <file>', 'where to write it; mode 0600')
    .option('--yes', 'do not ask')
    .option('--dry-run', 'say what would be written, and stop')
    .addHelpText('after', '\nExample:\n  tributary keys export ~/.tributary/owner.json --out key.txt')
    .action(run(async () => (await import('../commands/keys.ts')).exportKey));
  keys
    .command('password <keystore>')
    .description('put a keystore under another password')
    .option('--new-password-file <file>', 'holds the new one (default: ask)')
    .addHelpText(
      'after',
      '\nExample:\n  tributary keys password ~/.tributary/coordinator.json --password-file old.txt --new-password-file new.txt',
    )
    .action(run(async () => (await import('../commands/keys.ts')).password));
  addApiKeys(keys);
}
