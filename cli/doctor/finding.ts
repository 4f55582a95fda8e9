/** What `tributary doctor` finds: one line a thing that it looked at. */

/** `skipped`: it could not be looked at, and need not be. */
export type Verdict = 'ok' | 'warning' | 'failure' | 'skipped';

export type Finding = Readonly<{
  name: string;
  verdict: Verdict;
  /** What was seen. */
  seen: string;
  /** What to do; null where there is nothing to do. */
  remedy: string | null;
}>;

export const ok = (name: string, seen: string): Finding => ({ name, verdict: 'ok', seen, remedy: null });
export const skipped = (name: string, seen: string): Finding => ({
  name,
  verdict: 'skipped',
  seen,
  remedy: null,
});
export const warning = (name: string, seen: string, remedy: string): Finding => ({
  name,
  verdict: 'warning',
  seen,
  remedy,
});
export const failure = (name: string, seen: string, remedy: string): Finding => ({
  name,
  verdict: 'failure',
  seen,
  remedy,
});
