/** The commands as completion needs them: read off the program itself, so that nothing is listed twice. */
import type { Command, Option } from 'commander';

export type CompletedOption = Readonly<{
  flag: string;
  description: string;
  takesValue: boolean;
  /** Values that it takes, where only these are. */
  choices: readonly string[];
}>;

/** A command by its path, as `chain deploy`; the program's own is empty. */
export type CompletedCommand = Readonly<{
  path: string;
  subcommands: readonly Readonly<{ name: string; description: string }>[];
  /** Its own, and those of the commands around it. */
  options: readonly CompletedOption[];
}>;

/** Every command, those around before those inside. */
export function completedCommands(
  program: Command,
  path = '',
  around: readonly CompletedOption[] = [],
): CompletedCommand[] {
  const own = program.options.filter(({ long, hidden }) => long !== undefined && !hidden).map(completed);
  const options = [...own, ...around];
  const subcommands = program.commands.map((command) => ({
    name: command.name(),
    description: command.description(),
  }));
  return [
    { path, subcommands, options: [...options, help] },
    ...program.commands.flatMap((command) =>
      completedCommands(command, `${path} ${command.name()}`.trim(), options),
    ),
  ];
}

const help: CompletedOption = { flag: '--help', description: 'show help', takesValue: false, choices: [] };

const completed = ({ long, description, required, optional, argChoices }: Option): CompletedOption => ({
  flag: long ?? '',
  description,
  takesValue: required || optional,
  choices: argChoices ?? [],
});
