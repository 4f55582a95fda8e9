/** Passwords of keystores: from a file, from standard input, or asked for on a terminal without an echo. */
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { TributaryError } from '#crypto/error.ts';

/** Standard input can be read once; a command may need the password twice. */
let piped: string | undefined;

/**
 * The password of a keystore that is there.
 *
 * @param file a path, `-` for standard input, or null to ask
 * @throws TributaryError `keystore/no-password` where neither a file nor a terminal gives one
 */
export async function readPassword(file: string | null): Promise<string> {
  if (file === '-') return (piped ??= firstLine(readFileSync(process.stdin.fd, 'utf8')));
  if (file !== null) {
    if (!existsSync(file))
      throw new TributaryError('keystore/no-password', `there is no password file at ${file}`);
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  }
  return askOnTerminal('Password: ');
}

/**
 * The password of a keystore that is to be made: asked for twice, so that a slip of the finger locks nobody out.
 *
 * @param ask stands in for the terminal, in tests
 * @throws TributaryError `keystore/no-password`; `keystore/passwords-differ`; `keystore/empty-password`
 */
export async function readNewPassword(
  file: string | null,
  ask: (question: string) => Promise<string> = askOnTerminal,
): Promise<string> {
  const password = file === null ? await ask('New password: ') : await readPassword(file);
  if (password === '') {
    throw new TributaryError('keystore/empty-password', 'an empty password protects nothing: choose one');
  }
  if (file === null && (await ask('The same again: ')) !== password) {
    throw new TributaryError('keystore/passwords-differ', 'the two passwords differ: nothing was made');
  }
  return password;
}

async function askOnTerminal(question: string): Promise<string> {
  if (!process.stdin.isTTY) {
    throw new TributaryError('keystore/no-password', 'no terminal to ask on: give --password-file');
  }
  const muted = new Writable({ write: (_chunk, _encoding, done) => done() });
  const prompt = createInterface({ input: process.stdin, output: muted, terminal: true });
  prompt.once('SIGINT', () => {
    // Gives the terminal its echo back first.
    prompt.close();
    process.stderr.write('\n');
    process.exit(130);
  });
  process.stderr.write(question);
  const password = await prompt.question('');
  prompt.close();
  process.stderr.write('\n');
  return password;
}

const firstLine = (text: string): string => text.split(/\r?\n/)[0] ?? '';
