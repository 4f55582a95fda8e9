/** `tributary logs`: what the services of `tributary dev` wrote, by time, and what they go on to write. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { TributaryError } from '#crypto/error.ts';
import { logTail } from '../dev/log-tail.ts';
import { devPaths, serviceNames } from '../dev/paths.ts';
import { untilStopped } from '../lifetime.ts';
import { dim, result } from '../output.ts';
import { readSettings, type CommonOptions } from '../settings.ts';

type LogsOptions = CommonOptions & Readonly<{ follow?: boolean; lines: number }>;
type Entry = Readonly<{ time: string; service: string; text: string }>;

const LOOK_MILLIS = 250;
const logNames = ['dev', ...serviceNames];

/** @throws TributaryError `logs/no-such-service`, `logs/none` */
export async function showLogs(options: LogsOptions, service?: string): Promise<void> {
  const { home, json } = readSettings(options);
  if (service !== undefined && !logNames.includes(service)) {
    throw new TributaryError('logs/no-such-service', `no service ${service}: name ${logNames.join(', ')}`);
  }
  const names = service === undefined ? logNames : [service];
  const files = names.map((name) => ({ name, path: join(devPaths(home).logs, `${name}.log`) }));
  const there = files.filter(({ path }) => existsSync(path));
  if (there.length === 0 && options.follow !== true) {
    throw new TributaryError('logs/none', `no logs in ${devPaths(home).logs}: run tributary dev first`);
  }
  const earlier = there.flatMap(({ name, path }) => wholeLog(path).flatMap((line) => entryOf(name, line)));
  const sorted = earlier.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
  if (options.lines > 0) for (const entry of sorted.slice(-options.lines)) show(json, entry);
  if (options.follow === true) await follow(files, json);
}

/** The file and the one put aside before it: the last lines may be in either. */
const wholeLog = (path: string): string[] =>
  [`${path}.1`, path]
    .filter((file) => existsSync(file))
    .flatMap((file) => readFileSync(file, 'utf8').split('\n'));

async function follow(files: readonly Readonly<{ name: string; path: string }>[], json: boolean) {
  const stop = untilStopped();
  const tails = files.map(({ name, path }) => ({ name, next: logTail(path) }));
  while (!stop.aborted) {
    for (const { name, next } of tails) {
      for (const line of next()) for (const entry of entryOf(name, line)) show(json, entry);
    }
    await delay(LOOK_MILLIS, undefined, { signal: stop }).catch(() => undefined);
  }
}

function entryOf(service: string, line: string): Entry[] {
  const cut = line.indexOf(' ');
  return cut === -1 ? [] : [{ time: line.slice(0, cut), service, text: line.slice(cut + 1) }];
}

function show(json: boolean, { time, service, text }: Entry): void {
  const clock = time.slice(11, 19);
  result(json, { time, service, text }, `${dim(clock)} ${service.padEnd(11)} ${plainText(text)}`);
}

/** A service's JSON line as a person reads it: level, message, facts. What only machines follow stays in the file. */
function plainText(text: string): string {
  if (!text.startsWith('{')) return text;
  try {
    const { event, level, message, ...facts } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    const said = event === 'log' ? [level === 'info' ? '' : `${String(level)}:`, message] : [event];
    const rest = Object.entries(facts)
      .filter(([name]) => name !== 'traceId')
      .map(([name, value]) => `${name}=${JSON.stringify(value)}`);
    return [...said, ...rest].filter((part) => part !== '' && part !== undefined).join(' ');
  } catch {
    return text;
  }
}
