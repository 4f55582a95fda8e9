/** What Linux says of a process's memory. https://man7.org/linux/man-pages/man5/proc_pid_status.5.html */
import { readFile, writeFile } from 'node:fs/promises';

const KIB = 1024;
/** Clears the peak: it counts from what is in memory now. */
const RESET_PEAK = '5';

/** Bytes in memory now, and the most that there ever were since the last reset. */
export type Memory = Readonly<{ now: number; peak: number }>;

/** @throws Error where the text is no status of a process */
export function parseStatus(status: string): Memory {
  const bytes = (name: string): number => {
    const found = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1];
    if (found === undefined) throw new Error(`the status of the process does not say ${name}`);
    return Number(found) * KIB;
  };
  return { now: bytes('VmRSS'), peak: bytes('VmHWM') };
}

export const memoryOf = async (pid: number): Promise<Memory> =>
  parseStatus(await readFile(`/proc/${pid}/status`, 'utf8'));

export const resetPeak = (pid: number): Promise<void> => writeFile(`/proc/${pid}/clear_refs`, RESET_PEAK);
