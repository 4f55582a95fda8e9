/** An owner's client as a process whose output is kept byte for byte: `tributary owner run`. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fromHex } from '#crypto/bytes.ts';
import type { Environment } from '#examples/demo/processes.ts';
import type { AggregationParameters } from '#crypto/parameters.ts';
import { toAddress, type Address } from '#protocol/units.ts';
import type { Recording } from './detector.ts';
import type { TrainedUpdate } from './forms.ts';

/** Its sources, module by module: the hook takes some of them away. */
const program = ['--import', 'tsx', fileURLToPath(new URL('../../../cli/main.ts', import.meta.url))];

export type ClientMode = Readonly<{
  /** `phase@round`: stands still there. */
  hold?: string;
  /** Sends its inputs as they were quantised. */
  masksOff?: boolean;
}>;

export type ClientOptions = ClientMode &
  Readonly<{
    name: string;
    csv: string;
    /** With the client's home, and with the URLs of its proxies. */
    env: Environment;
  }>;

export class RecordedClient {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #printed: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] };
  #visible: Recording[] = [];
  readonly #exit: Promise<unknown>;

  constructor({ name, csv, env, hold = '', masksOff = false }: ClientOptions) {
    this.name = name;
    const hook = new URL('./hook.mjs', import.meta.url);
    for (const swapped of masksOff ? ['quantise', 'masking'] : ['quantise']) {
      hook.searchParams.append('swap', swapped);
    }
    const options = `${process.env['NODE_OPTIONS'] ?? ''} --import=${hook.href}`;
    this.#child = spawn(process.execPath, [...program, 'owner', 'run', '--data', csv, '--json'], {
      env: { ...process.env, ...env, TRIBUTARY_HOLD: hold, NODE_OPTIONS: options },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#exit = once(this.#child, 'close');
    for (const stream of ['stdout', 'stderr'] as const) {
      this.#child[stream]?.on('data', (bytes: Buffer) => this.#printed[stream].push(bytes));
    }
  }

  /** Waits for a line of standard output that holds this text. */
  async until(text: string, seconds: number): Promise<void> {
    const stop = new AbortController();
    const late = setTimeout(() => stop.abort(), seconds * 1000);
    const ended = this.#exit.then(() => Promise.reject(new Error(`${this.name} ended:\n${this.#said()}`)));
    ended.catch(() => undefined);
    try {
      while (!this.#said().includes(text)) {
        await Promise.race([once(this.#child.stdout!, 'data', { signal: stop.signal }), ended]);
      }
    } catch (error) {
      if (!stop.signal.aborted) throw error;
      throw new Error(`${this.name}: no "${text}" within ${seconds} s:\n${this.#said()}`, { cause: error });
    } finally {
      clearTimeout(late);
      stop.abort();
    }
  }

  /** All that it printed, and what others on this machine see of it or saw last. */
  recordings(): Recording[] {
    const printed = Object.entries(this.#printed).map(([stream, pieces]) => ({
      channel: `${this.name}: ${stream}`,
      bytes: Buffer.concat(pieces),
    }));
    this.#look();
    return [...printed, ...this.#visible];
  }

  async stop(): Promise<void> {
    this.#look();
    const giveUp = setTimeout(() => this.#child.kill('SIGKILL'), 20_000);
    this.#child.kill('SIGTERM');
    await this.#exit;
    clearTimeout(giveUp);
  }

  /** Arguments and environment, where the system shows them as files. */
  #look(): void {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const shown = ['cmdline', 'environ'].map((file) => join('/proc', String(this.#child.pid), file));
    this.#visible = shown.filter(existsSync).map((file) => ({
      channel: `${this.name}: process table`,
      bytes: readFileSync(file),
    }));
  }

  #said(): string {
    return Buffer.concat([...this.#printed.stdout, ...this.#printed.stderr]).toString();
  }
}

const recordedIn = (home: string, number: number) =>
  JSON.parse(readFileSync(join(home, 'updates', `${number}.json`), 'utf8')) as {
    update: string;
    weight: number;
    parameters: AggregationParameters;
  };

/** The update of this owner's n-th training, from 1, as the hook kept it in the owner's home. */
export function updateFrom(home: string, number: number): TrainedUpdate {
  const { update, weight, parameters } = recordedIn(home, number);
  return {
    weight,
    parameters,
    update: new Float64Array(Uint8Array.from(Buffer.from(update, 'base64')).buffer),
  };
}

/** Origins that the owner's client has connected to. */
export const connectionsFrom = (home: string): Set<string> =>
  new Set(readFileSync(join(home, 'connections'), 'utf8').trim().split('\n'));

export const operatorOf = (home: string): Address => {
  const { address } = JSON.parse(readFileSync(join(home, 'operator.json'), 'utf8')) as { address: string };
  return toAddress(`0x${address.replace(/^0x/, '')}`);
};

/** The salt of the owner's commitment: with it a guessed row can be held against the public root. */
export const saltOf = (home: string): Uint8Array => fromHex(readFileSync(join(home, 'salt'), 'utf8').trim());
