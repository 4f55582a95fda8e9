/** What a check says: it holds, it does not and here is the line, or it could not be asked. protocol.md §6 */
import { TributaryError } from '#crypto/error.ts';
import type { Flaw } from '#protocol/flaw.ts';
import { BrokenLink } from './broken-link.ts';

export type Passed = Readonly<{ result: 'passed'; detail: string }>;
export type Failed = Readonly<{ result: 'failed'; code: string; place: string; detail: string }>;
export type NotChecked = Readonly<{ result: 'not checked'; why: string }>;
export type Verdict = Passed | Failed | NotChecked;

export const holds = (detail: string): Passed => ({ result: 'passed', detail });

export const fails = (place: string, code: string, detail: string): Failed => ({
  result: 'failed',
  code,
  place,
  detail,
});

/** A flaw that a rule of protocol/rules found, at a place. */
export const failsBy = (place: string, { code, detail }: Flaw): Failed => fails(place, code, detail);

export const notChecked = (why: string): NotChecked => ({ result: 'not checked', why });

/** Faults of the machine or the line, not of the job: no verdict follows from them. */
const environment = /^(ipfs\/(unreachable|refused|no-space|bad-url)|car\/unreadable|chain\/|provider\/)/;

/**
 * Runs a step for whose errors this check answers: what is malformed or impossible is a failure here. A broken link
 * is not: level 1 names those (`answeringForLinks`), and here it only means that the basis is gone.
 */
export async function answering(place: string, step: () => Promise<Verdict> | Verdict): Promise<Verdict> {
  try {
    return await step();
  } catch (error) {
    if (!(error instanceof TributaryError) || error instanceof BrokenLink) throw error;
    if (environment.test(error.code)) throw error;
    return fails(place, error.code, error.message);
  }
}

/** As `answering`, of a check that names broken links at their own place. */
export async function answeringForLinks(place: string, step: () => Promise<Verdict>): Promise<Verdict> {
  try {
    return await answering(place, step);
  } catch (error) {
    if (!(error instanceof BrokenLink)) throw error;
    return fails(error.place, error.code, error.why);
  }
}

/** Runs a whole check: a basis that can't be read leaves it unasked; a bug throws. */
export async function verdictOf(run: () => Promise<Verdict>): Promise<Verdict> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof TributaryError)) throw error;
    return notChecked(`${error.message} (${error.code})`);
  }
}
