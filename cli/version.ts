/** The version of this package, as package.json has it. No schema library: `--help` must stay quick. */
import { readFileSync } from 'node:fs';

export function packageVersion(): string {
  const read: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const version = typeof read === 'object' && read !== null && 'version' in read ? read.version : undefined;
  if (typeof version !== 'string') throw new TypeError('package.json names no version');
  return version;
}
