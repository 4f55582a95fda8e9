/** `tributary completion SHELL`: the script that completes commands and options in a shell. */
import type { Command } from 'commander';
import { completionScript, type Shell } from '../completion/scripts.ts';
import { completedCommands } from '../completion/tree.ts';
import { result } from '../output.ts';

export function printCompletion(program: Command, shell: Shell): void {
  const script = completionScript(shell, completedCommands(program));
  result(
    program.opts<{ json?: boolean }>().json === true,
    { event: 'completion', shell, script },
    script.trimEnd(),
  );
}
