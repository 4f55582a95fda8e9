/** Whether a coordinator can do its work now: each part that it stands on is asked, for a bounded time. docs/operations-observability.md */
import { TributaryError } from '#crypto/error.ts';
import { within } from '../within.ts';

/** Something that a coordinator stands on; the check throws where it is not there. */
export type Part = Readonly<{ name: string; timeoutMillis: number; check(): Promise<void> }>;

/** `code` says what is wrong; more of it stands in the log alone, for it may name places that are nobody's business. */
export type Verdict = Readonly<{ ready: true } | { ready: false; code: string }>;
export type Readiness = Readonly<{ ready: boolean; parts: Readonly<Record<string, Verdict>> }>;

export type ReadinessOptions = Readonly<{
  /** An answer stands for so long, whoever asks. */
  freshMillis?: number;
  /** Monotonic milliseconds. */
  now?: () => number;
  /** Told of a part once, when it goes away, and once when it is back. */
  changed: (part: string, verdict: Verdict, error: unknown) => void;
}>;

const FRESH_MILLIS = 1_000;

/** @returns what asks: however many ask, each part is asked once a second at most, and never twice at a time */
export function readiness(
  parts: readonly Part[],
  { freshMillis = FRESH_MILLIS, now = () => performance.now(), changed }: ReadinessOptions,
): () => Promise<Readiness> {
  const asks = parts.map((part) => ({ name: part.name, ask: asker(part, changed) }));
  let asked = -Infinity;
  let answer: Promise<Readiness> | null = null;

  async function askAll(): Promise<Readiness> {
    const verdicts = await Promise.all(asks.map(async ({ name, ask }) => [name, await ask()] as const));
    return { ready: verdicts.every(([, { ready }]) => ready), parts: Object.fromEntries(verdicts) };
  }
  return () => {
    if (answer === null || now() - asked >= freshMillis) {
      asked = now();
      answer = askAll();
    }
    return answer;
  };
}

function asker({ name, timeoutMillis, check }: Part, changed: ReadinessOptions['changed']) {
  let underWay: Promise<void> | null = null;
  let last = 'ready';
  return async (): Promise<Verdict> => {
    const [verdict, error] = await verdictOf(name, timeoutMillis, () => {
      // A check that hangs is waited for again: it is not joined by another each second.
      underWay ??= check().finally(() => (underWay = null));
      return underWay;
    });
    const said = verdict.ready ? 'ready' : verdict.code;
    if (said !== last) changed(name, verdict, error);
    last = said;
    return verdict;
  };
}

async function verdictOf(
  name: string,
  millis: number,
  check: () => Promise<void>,
): Promise<[Verdict, unknown]> {
  try {
    await within(millis, check(), () => new TributaryError('readiness/timeout', `no answer of: ${name}`));
    return [{ ready: true }, null];
  } catch (error) {
    const code = error instanceof TributaryError ? error.code : 'coordinator/internal';
    return [{ ready: false, code }, error];
  }
}
