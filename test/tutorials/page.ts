/** A tutorial as steps that can be run: its shell blocks, what they print, and the marks between them. */

/** Lines that an output must have. `…` in a line stands for any text, alone on a line for any number of lines. */
export type Expected = readonly string[];

/** A block that is run to its end, or one that goes on in a terminal of its own until it is stopped. */
export type Command = Readonly<{
  kind: 'command';
  line: number;
  script: string;
  terminal: string | null;
  status: number;
  expected: Expected | null;
}>;
/** Ctrl-C in a terminal: `<!-- ctrl-c: NAME -->`. */
export type Stop = Readonly<{ kind: 'stop'; line: number; terminal: string }>;
/** Another page is read here, from its beginning to its end: `<!-- page: FILE -->`. */
export type Visit = Readonly<{ kind: 'visit'; line: number; page: string }>;
export type Step = Command | Stop | Visit;

const fence = /^```(\w*)((?: [\w-]+=[\w-]+)*)$/;
const mark = /<!-- (ctrl-c|page): ([\w.-]+) -->/g;

/** @throws Error where the page is not one that a reader, or a test, could follow */
export function parsePage(name: string, text: string): Step[] {
  const steps: Step[] = [];
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    for (const [, what, value = ''] of line.matchAll(mark)) {
      if (what === 'page') steps.push({ kind: 'visit', line: at + 1, page: value });
      else steps.push({ kind: 'stop', line: at + 1, terminal: value });
    }
    if (!line.startsWith('```')) continue;
    const wrong = (why: string) => new Error(`${name}:${at + 1}: ${why}`);
    const [, language = '', words = ''] = fence.exec(line) ?? [];
    const end = lines.indexOf('```', at + 1);
    if (end < 0) throw wrong('a block without an end');
    const body = lines.slice(at + 1, end);
    if (language === 'sh') steps.push(command(at + 1, body, words, wrong));
    else if (language === 'text') expect(steps, body, wrong);
    else throw wrong(`a block is sh or text, not "${line}"`);
    at = end;
  }
  for (const step of steps) {
    if (step.kind === 'command' && step.terminal !== null && step.expected === null) {
      throw new Error(`${name}:${step.line}: says not what to wait for in the terminal ${step.terminal}`);
    }
  }
  return steps;
}

function command(line: number, body: string[], words: string, wrong: (why: string) => Error): Command {
  const options = new Map(
    words
      .split(' ')
      .slice(1)
      .map((word) => word.split('=') as [string, string]),
  );
  const [terminal = null, status = '0'] = [options.get('terminal'), options.get('exit')];
  for (const key of options.keys()) if (!['terminal', 'exit'].includes(key)) throw wrong(`unknown ${key}`);
  if (!/^\d+$/.test(status)) throw wrong(`${status} is no exit status`);
  return {
    ...{ kind: 'command', line, script: body.join('\n'), terminal },
    ...{ status: Number(status), expected: null },
  };
}

/** An output belongs to the block before it. */
function expect(steps: Step[], body: string[], wrong: (why: string) => Error): void {
  const last = steps.at(-1);
  if (last?.kind !== 'command' || last.expected !== null) throw wrong('an output without a command');
  steps[steps.length - 1] = { ...last, expected: body };
}

/** The whole output, or its beginning where more may come: of a process that still runs. */
export function matches(expected: Expected, output: string, { more = false } = {}): boolean {
  const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  const pattern = expected
    .map((line) => (line === '…' ? '(?:.*\\n)*?' : `${line.split('…').map(escaped).join('.*')} *\\n`))
    .join('');
  return new RegExp(`^${pattern}${more ? '' : '$'}`).test(output.endsWith('\n') ? output : `${output}\n`);
}
