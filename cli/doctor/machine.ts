/** The machine: Node, disk, the home and the files in it, ports. */
import { existsSync, statSync, accessSync, constants } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { freePort } from '../dev/ports.ts';
import { holderText, portHolder } from '../dev/port-holder.ts';
import { homeEntries } from '../home-contents.ts';
import { failure, ok, warning, type Finding } from './finding.ts';

const GIB = 2 ** 30;
/** A demo needs a tenth of it, a year of rounds more. */
const LITTLE = 5 * GIB;
const TOO_LITTLE = GIB / 2;
const LEAST_NODE = [20, 19] as const;

export function checkNode(version: string = process.versions.node): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [least, leastMinor] = LEAST_NODE;
  if (major > least || (major === least && minor >= leastMinor)) return ok('Node', version);
  return failure('Node', version, `install Node ${least}.${leastMinor} or newer`);
}

export async function checkDisk(home: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(nearest(home));
  return judgeDisk(bavail * bsize);
}

/** @param free bytes that this user may still write */
export function judgeDisk(free: number): Finding {
  const seen = `${(free / GIB).toFixed(1)} GiB free`;
  if (free < TOO_LITTLE) return failure('disk', seen, 'free some: stores refuse what they can not keep');
  if (free < LITTLE) return warning('disk', seen, 'free some before long jobs');
  return ok('disk', seen);
}

export function checkHome(home: string): Finding {
  const place = nearest(home);
  try {
    accessSync(place, constants.W_OK | constants.X_OK);
  } catch {
    return failure('home', `${place} can not be written`, 'choose another --home, or change its owner');
  }
  if (!existsSync(home)) return ok('home', `${home} is not made yet`);
  const mode = statSync(home).mode & 0o777;
  if ((mode & 0o077) === 0) return ok('home', `${home}, for its owner alone`);
  return warning('home', `${home} has mode ${octal(mode)}`, `chmod 700 ${home}`);
}

/** Keystores, salts and what belongs to them: files that nobody else should read. */
export function checkKeyFiles(home: string): Finding {
  const files = (existsSync(home) ? homeEntries(home) : [])
    .filter(({ path, kind }) => kind === 'precious' && statSync(path).isFile())
    .map(({ path }) => ({ path, mode: statSync(path).mode & 0o777 }));
  const open = files.filter(({ mode }) => (mode & 0o077) !== 0);
  if (open.length === 0) return ok('key files', `${files.length}, for their owner alone`);
  const seen = open.map(({ path, mode }) => `${path} has mode ${octal(mode)}`).join(', ');
  return failure('key files', seen, `chmod 600 ${open.map(({ path }) => path).join(' ')}`);
}

/** A taken port is no fault: our own services may be there. */
export async function checkPort(service: string, port: number): Promise<Finding> {
  const name = `port ${port}`;
  if ((await freePort(port)) !== null) return ok(name, `free, for the ${service} of "tributary dev"`);
  return ok(name, `taken by ${holderText(portHolder(port))}`);
}

/** The folder, or the one in which it would be made. */
const nearest = (path: string): string => (existsSync(path) ? path : nearest(dirname(path)));
const octal = (mode: number): string => mode.toString(8).padStart(4, '0');
