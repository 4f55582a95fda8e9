/** Which process listens on a port of this machine, as far as this user may see. */
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

export type PortHolder = Readonly<{ pid: number; name: string }>;

const LISTENING = '0A';

/** Null where nobody listens, or where it is another user's process. */
export function portHolder(port: number): PortHolder | null {
  return process.platform === 'linux' ? fromProc(port) : fromLsof(port);
}

/** "process 123 (node)", or "another process" where it can't be seen. */
export function holderText(holder: PortHolder | null): string {
  return holder === null ? 'another process' : `process ${holder.pid} (${holder.name})`;
}

function fromProc(port: number): PortHolder | null {
  const sockets = new Set(
    ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => listeningInodes(readText(table), port)),
  );
  if (sockets.size === 0) return null;
  for (const pid of namesIn('/proc').filter((name) => /^\d+$/.test(name))) {
    const holds = namesIn(`/proc/${pid}/fd`).some((fd) => sockets.has(linkOf(`/proc/${pid}/fd/${fd}`)));
    if (holds) return { pid: Number(pid), name: readText(`/proc/${pid}/comm`).trim() };
  }
  return null;
}

/** Rows are: number, local address:port in hex, remote, state, …, inode as the tenth. */
function listeningInodes(table: string, port: number): string[] {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return table
    .split('\n')
    .map((row) => row.trim().split(/\s+/))
    .filter(([, local, , state]) => local?.endsWith(wanted) === true && state === LISTENING)
    .map((row) => `socket:[${row[9] ?? ''}]`);
}

function fromLsof(port: number): PortHolder | null {
  try {
    const told = execFileSync('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const pid = /^p(\d+)$/m.exec(told)?.[1];
    return pid === undefined ? null : { pid: Number(pid), name: /^c(.+)$/m.exec(told)?.[1] ?? 'unknown' };
  } catch {
    return null; // no lsof, or nobody listens
  }
}

/** Processes come and go while we look, and others' are closed to us: what can't be read is left out. */
function quietly<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}

const readText = (file: string): string => quietly(() => readFileSync(file, 'utf8'), '');
const namesIn = (folder: string): string[] => quietly(() => readdirSync(folder), []);
const linkOf = (file: string): string => quietly(() => readlinkSync(file), '');
