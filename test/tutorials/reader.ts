/** Follows tutorials as a newcomer does: an empty home, one terminal a page, more where the page says so. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { heldLocks } from '#cli/home-locks.ts';
import { matches, parsePage, type Command } from './page.ts';
import { INTERRUPTED, Running, kill, processesOf } from './terminal.ts';

type Patience = Readonly<{ blockMillis: number; stopMillis: number }>;

/** What was run, by page: the lines of its blocks. */
type Followed = Map<string, number[]>;

type Open = { page: string; running: Running };

export class Reader {
  readonly home: string;
  readonly followed: Followed = new Map();
  readonly #pages: string;
  readonly #clone: string;
  readonly #patience: Patience;
  readonly #root: string;
  readonly #open = new Map<string, Open>();

  /**
   * @param pages the folder of the pages
   * @param clone where a reader stands who types `npx tributary`
   */
  constructor(pages: string, clone: string, patience: Patience) {
    this.#pages = pages;
    this.#clone = clone;
    this.#patience = patience;
    this.#root = mkdtempSync(join(tmpdir(), 'tributary-reader-'));
    this.home = join(this.#root, 'home');
    mkdirSync(this.home);
    this.#putNpx();
    process.once('exit', this.#abandon);
  }

  /** @throws Error naming page and line where something is not as the page says */
  async follow(page: string): Promise<void> {
    if (this.followed.has(page)) throw new Error(`${page}: is read twice`);
    const lines: number[] = [];
    this.followed.set(page, lines);
    for (const step of parsePage(page, readFileSync(join(this.#pages, page), 'utf8'))) {
      if (step.kind === 'visit') await this.follow(step.page);
      else if (step.kind === 'stop') await this.#stop(step.terminal, `${page}:${step.line}`);
      else {
        await this.#run(page, step);
        lines.push(step.line);
      }
    }
  }

  /** What is left when all pages are read. @throws Error where it is anything at all */
  async assertNothingLeft(): Promise<void> {
    const locks = await heldLocks(this.home);
    const left = [
      ...[...this.#open].map(([name, { page }]) => `${page}: nobody stops the terminal ${name}`),
      ...processesOf(this.home).map(({ pid, command }) => `process ${pid}: ${command}`),
      ...locks.map(({ file }) => `lock ${file}`),
      ...readdirSync(this.home).map((name) => `~/${name}`),
    ];
    if (left.length > 0) throw new Error(`left over:\n${left.join('\n')}`);
  }

  /** Where the test itself is stopped, what it started is too. */
  readonly #abandon = (): void => {
    for (const { running } of this.#open.values()) running.signal('SIGKILL');
  };

  /** Ends and removes everything, however it went. */
  async close(): Promise<void> {
    for (const { running } of this.#open.values()) running.signal('SIGINT');
    for (const { running } of this.#open.values()) {
      if (!(await running.endsWithin(this.#patience.stopMillis))) running.signal('SIGKILL');
    }
    for (const { pid } of processesOf(this.home)) kill(pid);
    process.off('exit', this.#abandon);
    rmSync(this.#root, { recursive: true, force: true, maxRetries: 5 });
  }

  async #run(page: string, step: Command): Promise<void> {
    const at = `${page}:${step.line}`;
    if (step.terminal !== null) return this.#start(page, step, at);
    // What a reader exports stays in that terminal, which is the page's.
    const state = join(this.#root, `${page}.env`);
    const load = existsSync(state) ? `source ${state}\n` : '';
    const save = `trap '{ export -p; declare -f; } > ${state}' EXIT\n`;
    const running = new Running(load + save + step.script, this.#clone, this.#environment());
    if (!(await running.endsWithin(this.#patience.blockMillis))) {
      running.signal('SIGKILL');
      throw new Error(`${at}: still runs; it said:\n${running.output}`);
    }
    if (running.status !== step.status) {
      throw new Error(`${at}: status ${running.status}, not ${step.status}; it said:\n${running.output}`);
    }
    if (step.expected !== null && !matches(step.expected, running.output)) {
      throw new Error(`${at}: prints something else than the page says:\n${running.output}`);
    }
  }

  async #start(page: string, step: Command, at: string): Promise<void> {
    const name = step.terminal ?? '';
    if (this.#open.has(name)) throw new Error(`${at}: the terminal ${name} is busy`);
    const running = new Running(step.script, this.#clone, this.#environment());
    this.#open.set(name, { page, running });
    const enough = (output: string) => matches(step.expected ?? [], output, { more: true });
    if (await running.prints(enough, this.#patience.blockMillis)) return;
    throw new Error(`${at}: the terminal ${name} does not say what the page says:\n${running.output}`);
  }

  async #stop(name: string, at: string): Promise<void> {
    const running = this.#open.get(name)?.running;
    if (running === undefined) throw new Error(`${at}: there is no terminal ${name}`);
    if (running.ended) throw new Error(`${at}: ${name} ended by itself:\n${running.output}`);
    running.signal('SIGINT');
    if (!(await running.endsWithin(this.#patience.stopMillis))) {
      throw new Error(`${at}: ${name} does not stop; it said:\n${running.output}`);
    }
    this.#open.delete(name);
    if (running.status !== 0 && running.status !== INTERRUPTED) {
      throw new Error(`${at}: ${name} stops with status ${running.status}; it said:\n${running.output}`);
    }
  }

  /** A newcomer's: nothing of this machine's user but where programs are. */
  #environment(): Record<string, string> {
    const path = [join(this.#root, 'bin'), dirname(process.execPath), process.env['PATH'] ?? ''];
    return { HOME: this.home, PATH: path.join(delimiter), LANG: 'C.UTF-8', TMPDIR: tmpdir() };
  }

  /** `npx tributary` runs the clone's own command; this one does it without asking npm first. */
  #putNpx(): void {
    const npx = join(this.#root, 'bin', 'npx');
    mkdirSync(dirname(npx));
    const command = join(this.#clone, 'cli', 'tributary.mjs');
    const script = `#!/bin/sh\n[ "$1" = tributary ] || exit 127\nshift\nexec node "${command}" "$@"\n`;
    writeFileSync(npx, script);
    chmodSync(npx, 0o755);
  }
}

/** Blocks of a page, counted apart from the parser. */
export const blocksIn = (text: string): number =>
  text.split('\n').filter((line) => /^\s*(```|~~~)\s*(sh|bash|shell|console)\b/.test(line)).length;
