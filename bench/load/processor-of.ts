/** What Linux says of a process's time on processors. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
import { readFile } from 'node:fs/promises';

/** USER_HZ: what the kernel counts in for programs, on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100;

/** Seconds, of all its threads. @throws Error where the text is no stat of a process */
export function parseStat(stat: string): number {
  // The second field is the program's name, in parentheses, and may hold both spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user, system] = [Number(fields[11]), Number(fields[12])];
  if (Number.isNaN(user + system)) throw new Error('the stat of the process does not say its time');
  return (user + system) / TICKS_PER_SECOND;
}

export const processorOf = async (pid: number): Promise<number> =>
  parseStat(await readFile(`/proc/${pid}/stat`, 'utf8'));
