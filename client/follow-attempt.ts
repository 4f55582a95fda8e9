/** Follows one attempt from view to view until it ends. protocol.md §4 */
import type { AttemptView } from '#protocol/attempt-view.ts';
import type { Flaw } from '#protocol/flaw.ts';
import type { Watch } from '#protocol/http/watch-attempt.ts';
import type { Attempt } from './attempt.ts';
import { persist, type Patience } from './backoff.ts';
import { takeStep } from './take-step.ts';

const longPoll = 20;
/** While others' aborts are waited for, which may come without a new revision of this attempt. */
const shortPoll = 2;

/**
 * @param isOver asks the chain whether the round is settled or the job ended, when the coordinator shows nothing new
 * @returns when the attempt ended, or is over by the chain
 */
export async function followAttempt(
  attempt: Attempt,
  watch: Watch,
  isOver: () => Promise<boolean>,
  patience: Patience,
): Promise<void> {
  const refusals = new Refusals(attempt);
  let seen: number | undefined;
  let deadline = Infinity;
  const left = (): number => deadline - attempt.now();
  for (let ended = false; !ended;) {
    let again = false;
    ended = await persist(
      async () => {
        // After a failure the phase may be another: what to do is asked anew, and the chain whether anything is.
        const retried = again;
        again = true;
        if (retried && (await isOver())) return true;
        const view = await watch(retried ? undefined : seen, refusals.mayPass ? shortPoll : longPoll);
        ({ deadline } = view);
        if (seen === view.revision && (await isOver())) return true;
        if (!refusals.isFinal(view)) refusals.note(view, await takeStep(attempt, view));
        seen = view.revision;
        return isEnd(view);
      },
      { ...patience, left },
    );
  }
}

/** The client's own RPC is behind, or a block is not deep enough yet. */
const waits: readonly string[] = ['roster/not-final', 'graph/not-drawn', 'outcome/not-final'];

const isEnd = ({ phase }: AttemptView): boolean =>
  phase === 'settled' || phase === 'aborted' || phase === 'failed';

/** What this client would not do in the attempt, and whether to ask again. */
class Refusals {
  readonly #attempt: Attempt;
  #phase = '';
  #code = '';

  constructor(attempt: Attempt) {
    this.#attempt = attempt;
  }

  /** Aborts of an earlier attempt may still come in, or the chain may get where the coordinator sees it. */
  get mayPass(): boolean {
    return this.#code.startsWith('retry/') || waits.includes(this.#code);
  }

  /** Training is not tried again in the attempt that it failed in. */
  isFinal({ phase }: AttemptView): boolean {
    const enrols = phase === 'announced' || phase === 'enrolling';
    return enrols && this.#phase === 'enrolling' && this.#code !== '' && !this.mayPass;
  }

  note({ phase, round, attempt }: AttemptView, flaw: Flaw | null): void {
    const code = flaw?.code ?? '';
    if (flaw && code !== this.#code) {
      this.#attempt.log.warn({ round, attempt, phase, code }, `not going along: ${flaw.detail}`);
    }
    this.#phase = phase === 'announced' ? 'enrolling' : phase;
    this.#code = code;
  }
}
