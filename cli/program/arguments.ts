/** How arguments are read, and how a command's module is loaded when it runs, so that --help is quick. */
import { type Command, InvalidArgumentError } from 'commander';

export const number = (text: string): number => {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('expected a whole number');
  return Number(text);
};

export const list = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

export const numbers = (text: string): number[] => list(text).map(number);

/** Loads a command's module and calls it with its options, which are what its definition makes them. */
export const run =
  (load: () => Promise<(options: never, ...args: string[]) => Promise<void>>) =>
  async (...call: unknown[]): Promise<void> => {
    const command = call.at(-1) as Command;
    const action = await load();
    await action(command.optsWithGlobals<never>(), ...command.args);
  };
