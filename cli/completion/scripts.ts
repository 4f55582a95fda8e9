/** Completion scripts of three shells: where one is among the commands, then what may come there. */
import type { CompletedCommand, CompletedOption } from './tree.ts';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

export function completionScript(shell: Shell, commands: readonly CompletedCommand[]): string {
  return { bash, zsh, fish }[shell](commands);
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const inside = (commands: readonly CompletedCommand[]) => commands.filter(({ path }) => path !== '');
const wordsOf = ({ subcommands, options }: CompletedCommand): string[] => [
  ...subcommands.map(({ name }) => name),
  ...options.map(({ flag }) => flag),
];

/** Options by what comes after them; one that has choices in any command has the same everywhere. */
function valueOptions(commands: readonly CompletedCommand[]): readonly CompletedOption[] {
  const options = commands.flatMap((command) => command.options).filter(({ takesValue }) => takesValue);
  return [...new Map(options.map((option) => [option.flag, option])).values()];
}

/** The part that bash and zsh share: `path` from the words before the present one, then `words` for it. */
function walk(commands: readonly CompletedCommand[], before: string): string {
  const paths = inside(commands).map(({ path }) => quoted(` ${path}`));
  const free = valueOptions(commands).filter(({ choices }) => choices.length === 0);
  return [
    `  for word in ${before}; do`,
    '    case "$path $word" in',
    `      ${paths.join('|')}) path="$path $word" ;;`,
    '    esac',
    '    previous="$word"',
    '  done',
    '  case "$previous" in',
    ...valueOptions(commands)
      .filter(({ choices }) => choices.length > 0)
      .map(({ flag, choices }) => `    ${flag}) words=${quoted(choices.join(' '))} ;;`),
    // A file, most often: the shell's own completion.
    `    ${free.map(({ flag }) => flag).join('|')}) words='' ;;`,
    '    *) case "$path" in',
    ...commands.map(
      (command) =>
        `      ${quoted(command.path === '' ? '' : ` ${command.path}`)}) words=${quoted(wordsOf(command).join(' '))} ;;`,
    ),
    '    esac ;;',
    '  esac',
  ].join('\n');
}

const bash = (commands: readonly CompletedCommand[]): string =>
  [
    '# tributary completion bash: source it, or put it into ~/.local/share/bash-completion/completions/tributary',
    '_tributary() {',
    '  local word path="" previous="" words="" current="${COMP_WORDS[COMP_CWORD]}"',
    walk(commands, '"${COMP_WORDS[@]:1:COMP_CWORD-1}"'),
    '  COMPREPLY=()',
    '  while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -W "$words" -- "$current")',
    '}',
    'complete -o default -F _tributary tributary',
    '',
  ].join('\n');

const zsh = (commands: readonly CompletedCommand[]): string =>
  [
    '#compdef tributary',
    '# tributary completion zsh: put it into a folder of $fpath as _tributary, or source it after compinit',
    '_tributary() {',
    '  local word="" path_="" previous="" choices=""',
    // zsh ties `path` to PATH, and `words` is what was typed.
    walk(commands, '"${(@)words[2,CURRENT-1]}"')
      .replaceAll('$path', '$path_')
      .replaceAll('path=', 'path_=')
      .replaceAll('words=', 'choices='),
    '  if [[ -n "$choices" ]]; then compadd -- ${=choices}; else _files; fi',
    '}',
    'if [[ "$funcstack[1]" = "_tributary" ]]; then _tributary "$@"; else compdef _tributary tributary; fi',
    '',
  ].join('\n');

const fish = (commands: readonly CompletedCommand[]): string => {
  const lines = commands.flatMap(({ path, subcommands, options }) => {
    const at = `complete -c tributary -n ${quoted(`__tributary_at ${JSON.stringify(path === '' ? '' : ` ${path}`)}`)}`;
    return [
      ...subcommands.map(({ name, description }) => `${at} -f -a ${name} -d ${quoted(description)}`),
      ...options.map(({ flag, description, takesValue, choices }) => {
        const value = choices.length > 0 ? ` -x -a ${quoted(choices.join(' '))}` : takesValue ? ' -r' : '';
        return `${at} -l ${flag.slice(2)}${value} -d ${quoted(description)}`;
      }),
    ];
  });
  return [
    '# tributary completion fish: put it into ~/.config/fish/completions/tributary.fish',
    'function __tributary_at',
    "  set -l path ''",
    '  for word in (commandline -opc)[2..-1]',
    '    switch "$path $word"',
    `      case ${inside(commands)
      .map(({ path }) => quoted(` ${path}`))
      .join(' ')}`,
    '        set path "$path $word"',
    '    end',
    '  end',
    '  test "$path" = "$argv[1]"',
    'end',
    ...lines,
    '',
  ].join('\n');
};
