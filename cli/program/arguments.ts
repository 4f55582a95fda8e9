/** How arguments are read, and how a command's module is loaded when it runs, so that --help is quick. */
import { type Command, InvalidArgumentError } from 'commander';

export const number = (text: string): number => {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('expected a whole number');
  return Number(text);
};

export const fraction = (text: string): number => {
  if (!/^0?\.\d{1,6}$/.test(text))
    throw new InvalidArgumentError('expected a number between 0 and 1, as 0.2');
  return Number(text);
};

/** @returns wei */
export const gwei = (text: string): bigint => {
  const [, whole = '', part = ''] = /^(\d{1,9})(?:\.(\d{1,9}))?$/.exec(text) ?? [];
  const wei = BigInt(whole + part.padEnd(9, '0'));
  if (wei === 0n) throw new InvalidArgumentError('expected an amount of gwei, as 30 or 0.05');
  return wei;
};

export const port = (text: string): number => {
  const value = number(text);
  if (value > 65_535) throw new InvalidArgumentError('expected a port, 0 to 65535');
  return value;
};

export const positive = (text: string): number => {
  const value = number(text);
  if (value === 0) throw new InvalidArgumentError('expected 1 or more');
  return value;
};

/** An address. */
export const account = (text: string): string => {
  if (!/^0x[0-9a-f]{40}$/i.test(text))
    throw new InvalidArgumentError('expected an address, 0x and 40 hex digits');
  return text.toLowerCase();
};

/** One more address of a list. */
export const addresses = (text: string, earlier: readonly string[] | undefined): string[] => [
  ...(earlier ?? []),
  account(text),
];

/** Hundredths of a per cent. */
export const basisPoints = (text: string): number => {
  const value = number(text);
  if (value > 10_000) throw new InvalidArgumentError('expected basis points, 0 to 10000');
  return value;
};

export const list = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

export const numbers = (text: string): number[] => list(text).map(number);

/**
 * For commands whose transactions a key signs: here, or on the machine that has it.
 *
 * @param whose key, as "the owner's"
 */
export const signingAs = (whose: string, command: Command): Command =>
  command
    .option(
      '--unsigned <file>',
      'prepare the transactions into this file for "keys sign", and sign nothing here',
    )
    .option('--from <address>', `${whose} account, where its keystore is not here`)
    .option('--dry-run', 'say what would be signed and what gas it costs, and stop');

export const signing = (command: Command): Command => signingAs("the owner's", command);

/** Loads a command's module and calls it with its options, which are what its definition makes them. */
export const run =
  (load: () => Promise<(options: never, ...args: string[]) => Promise<void>>) =>
  async (...call: unknown[]): Promise<void> => {
    const command = call.at(-1) as Command;
    const action = await load();
    await action(command.optsWithGlobals<never>(), ...command.args);
  };

/** Base units of the payment token. */
export const baseUnits = (text: string): bigint => {
  if (!/^\d{1,30}$/.test(text))
    throw new InvalidArgumentError('expected whole base units of the payment token');
  return BigInt(text);
};

/** For commands that watch posted rounds. */
export const challenging = (command: Command): Command =>
  command
    .option('--no-challenge', 'only say that a posted round is false, and leave its challenge to you')
    .option('--max-bond <amount>', 'base units to bond for one challenge at most (default: any)', baseUnits);
