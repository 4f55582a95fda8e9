/** `tributary completion`: for bash, zsh and fish. Names, options and help; what a command does is loaded when it is called. */
import { Argument, type Command } from 'commander';
import { shells, type Shell } from '../completion/scripts.ts';

export function addCompletion(program: Command): void {
  program
    .command('completion')
    .description('print the script that completes commands and options in a shell')
    .addArgument(new Argument('<shell>', 'bash, zsh or fish').choices(shells))
    .addHelpText('after', '\nExample:\n  source <(tributary completion bash)')
    .action(async (shell: Shell) =>
      (await import('../commands/completion.ts')).printCompletion(program, shell),
    );
}
