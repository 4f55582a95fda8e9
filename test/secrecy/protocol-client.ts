/**
 * A member's decisions, as the rules give them: what it sends for what it is shown. protocol.md §4.3–4.8
 * real-clients.test.ts holds this model against the clients themselves; `without` takes rules away.
 */

export type Confirmed = Readonly<{ sharers: string; survivors: string }>;
/** What the coordinator shows of an attempt, as sets of members. */
export type View = Readonly<{
  /** Of the attempt's roster. */
  threshold: number;
  sharers: readonly number[];
  /** U3; each of its inputs names the U2 it was masked with. */
  survivors: readonly number[];
  maskedWith: (member: number) => string | undefined;
  confirmations: readonly Readonly<{ member: number } & Confirmed>[];
}>;

/** One check each. */
export type Rule =
  | 'one-verdict' // confirms one set of survivors, once
  | 'one-opening' // opens shares for one set of survivors, once
  | 'confirmations' // opens on T confirmations only
  | 'aborts' // masks again on T aborts only
  | 'not-after-opening' // and never where it opened shares
  | 'one-secret'; // of each sharer one of two secrets

type Kept = {
  enrolled: boolean;
  /** It accepted a roster. */
  joined: boolean;
  input: string | undefined;
  verdict: 'abort' | Confirmed | undefined;
  aborted: boolean;
  opened: Confirmed | undefined;
};

export const textOf = (members: readonly number[]): string => [...members].sort((a, b) => a - b).join();

export class ProtocolClient {
  readonly #member: number;
  readonly #without: ReadonlySet<Rule>;
  readonly #attempts = new Map<number, Kept>();

  constructor(member: number, without: readonly Rule[] = []) {
    this.#member = member;
    this.#without = new Set(without);
  }

  /** @returns whether it enrols, or has */
  enrol(attempt: number): boolean {
    const kept = this.#kept(attempt);
    kept.enrolled ||= this.#mayMask(attempt);
    return kept.enrolled;
  }

  /** @returns whether it deals its shares among the roster that it is shown */
  share(attempt: number): boolean {
    return this.#join(attempt).enrolled;
  }

  /** @returns the U2 that an input leaves for, which may be an earlier one */
  mask(attempt: number, { threshold, sharers }: View): string | undefined {
    const kept = this.#join(attempt);
    const accepts = sharers.length >= threshold && sharers.includes(this.#member);
    if (kept.enrolled && accepts && this.#mayMask(attempt)) kept.input ??= textOf(sharers);
    return kept.input;
  }

  /** @returns what it signs, for ever */
  confirm(attempt: number, view: View): Kept['verdict'] {
    const kept = this.#join(attempt);
    if (!kept.enrolled) return undefined;
    const of = { sharers: textOf(view.sharers), survivors: textOf(view.survivors) };
    const survives = view.survivors.includes(this.#member) && kept.input === of.sharers;
    if (this.#off('one-verdict')) return survives && this.#holds(view) ? of : undefined;
    kept.verdict ??= survives && this.#holds(view) ? of : 'abort';
    return kept.verdict;
  }

  /** Told that an attempt with such a roster ended. @returns whether it signs that it gives it up */
  giveUp(attempt: number): boolean {
    const kept = this.#join(attempt);
    if (!kept.enrolled || kept.opened) return false;
    kept.verdict ??= 'abort';
    return kept.verdict === 'abort';
  }

  /** Shown aborts of an attempt. */
  keepAborts(attempt: number, members: readonly number[], threshold: number): void {
    const kept = this.#kept(attempt);
    if (kept.joined && new Set(members).size >= threshold) kept.aborted = true;
  }

  /** @returns the secrets of which it opens its shares */
  unmask(attempt: number, view: View): Readonly<{ dealer: number; of: 'seed' | 'mask' }>[] {
    const kept = this.#join(attempt);
    const of = { sharers: textOf(view.sharers), survivors: textOf(view.survivors) };
    const same = kept.opened?.sharers === of.sharers && kept.opened.survivors === of.survivors;
    if (kept.opened && !same && !this.#off('one-opening')) return [];
    if (!same && !this.#mayOpen(kept, view, of)) return [];
    kept.opened = of;
    return view.sharers.flatMap((dealer) => {
      const opens = view.survivors.includes(dealer) ? ('seed' as const) : ('mask' as const);
      const both = this.#off('one-secret') ? (['seed', 'mask'] as const) : [opens];
      return both.map((secret) => ({ dealer, of: secret }));
    });
  }

  #mayOpen(kept: Kept, view: View, of: Confirmed): boolean {
    if (!kept.enrolled || kept.aborted || !this.#holds(view)) return false;
    if (kept.input !== undefined && kept.input !== of.sharers) return false;
    if (kept.input === undefined && view.survivors.includes(this.#member)) return false;
    if (this.#off('confirmations')) return true;
    const matching = view.confirmations.filter(
      ({ member, sharers, survivors }) =>
        sharers === of.sharers && survivors === of.survivors && view.survivors.includes(member),
    );
    return matching.length === view.confirmations.length && matching.length >= view.threshold;
  }

  /** U2 and U3 are large enough, one in the other, and belong together. */
  #holds({ threshold, sharers, survivors, maskedWith }: View): boolean {
    return (
      sharers.length >= threshold &&
      survivors.length >= threshold &&
      survivors.every((member) => sharers.includes(member)) &&
      survivors.every((member) => maskedWith(member) === textOf(sharers))
    );
  }

  /** No difference attack: protocol.md §4.8 */
  #mayMask(attempt: number): boolean {
    return [...this.#attempts].every(([other, { input, opened, aborted }]) => {
      if (other === attempt || input === undefined) return true;
      if (opened && !this.#off('not-after-opening')) return false;
      return aborted || this.#off('aborts');
    });
  }

  #join(attempt: number): Kept {
    const kept = this.#kept(attempt);
    kept.joined ||= kept.enrolled;
    return kept;
  }

  #off(rule: Rule): boolean {
    return this.#without.has(rule);
  }

  #kept(attempt: number): Kept {
    const found = this.#attempts.get(attempt) ?? {
      enrolled: false,
      joined: false,
      input: undefined,
      verdict: undefined,
      aborted: false,
      opened: undefined,
    };
    this.#attempts.set(attempt, found);
    return found;
  }
}
