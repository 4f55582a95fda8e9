/** The unit of examples/systemd as systemd reads it, as far as it says what is started and in which environment. */
import { readFileSync } from 'node:fs';

export const unitFile = new URL('../../examples/systemd/tributary-coordinator.service', import.meta.url);

const valuesOf = (name: string): string[] =>
  readFileSync(unitFile, 'utf8')
    .split('\n')
    .flatMap((line) => (line.startsWith(`${name}=`) ? [line.slice(name.length + 1)] : []));

export const serviceEnvironment = (): Record<string, string> =>
  Object.fromEntries(valuesOf('Environment').map((line) => line.split('=', 2) as [string, string]));

/** Words of the command, its program first. */
export const serviceCommand = (): string[] => valuesOf('ExecStart').flatMap((line) => line.split(' '));
