/** An attempt that the liar runs itself, with whom it wants in it: what arrives counts, and nothing is refused. */
import type { AttemptView, Delivery, WholeView } from '#protocol/attempt-view.ts';
import type { Input, SharesUpload, Signed, UnmaskingUpload } from '#protocol/messages.ts';
import type { Abort, Confirm, Enrolment, Received } from '#protocol/messages.ts';
import { buildRoster, type Expected, type Roster } from '#protocol/rules/roster.ts';
import type { Job } from '#model/job.ts';
import type { Aside, Sent } from './front.ts';

type FromMember = Readonly<{ message: Readonly<{ member: number }> }>;
type FromSeat = Readonly<{ message: Readonly<{ seat: number }> }>;

/** The list that each phase waits for, in their order. */
const waiting = [
  ['enrolling', 'enrolments'],
  ['sharing', 'shares'],
  ['receiving', 'receipts'],
  ['masking', 'inputs'],
  ['confirming', 'confirmations'],
  ['unmasking', 'unmaskings'],
] as const;

export class AsideAttempt implements Aside {
  readonly enrolments: Signed<Enrolment>[] = [];
  readonly shares: SharesUpload[] = [];
  readonly receipts: Signed<Received>[] = [];
  readonly inputs: Signed<Input>[] = [];
  readonly confirmations: Signed<Confirm>[] = [];
  readonly unmaskings: UnmaskingUpload[] = [];
  readonly aborts: Signed<Abort>[] = [];
  earlier: AttemptView['earlier'] = [];
  readonly #job: Job;
  readonly #expected: Expected;
  readonly #seats: readonly number[];
  readonly #deadline: number;

  /** @param seats whose messages it takes */
  constructor(job: Job, expected: Expected, seats: readonly number[], deadline: number) {
    this.#job = job;
    this.#expected = expected;
    this.#seats = seats;
    this.#deadline = deadline;
  }

  get roster(): Roster {
    return buildRoster(this.#job.id, this.enrolments);
  }

  take = ({ seat, call, body }: Sent): void => {
    if (!this.#seats.includes(seat)) return;
    if (call === 'enrolments') {
      put(this.enrolments, body as Signed<Enrolment>, bySeat);
    } else if (call in this) {
      put(this[call as 'shares'], body as SharesUpload, byMember);
    }
  };

  deliveries = (member: number): Delivery[] =>
    this.shares
      .filter(({ message }) => message.member !== member)
      .map(({ message, ciphertexts }) => ({
        dealer: message.member,
        ciphertext: ciphertexts[member] ?? '0x',
      }));

  view = (): AttemptView => {
    const { enrolments: roster, inputs, confirmations, earlier } = this;
    const { job, round, attempt, terms, model } = this.#expected;
    const [phase] = waiting.find(([, list]) => this[list].length < this.#seats.length) ?? ['unmasking'];
    const revision = 1 + waiting.reduce((sum, [, list]) => sum + this[list].length, 0);
    const base = { job, round, attempt, terms, model, revision, earlier, deadline: this.#deadline };
    const sharers = this.shares.map(({ message, signature }) => ({ message, signature }));
    const parts = {
      enrolling: {},
      sharing: { roster },
      receiving: { roster, sharers },
      masking: { roster, sharers, excluded: [] },
      confirming: { roster, sharers, inputs },
      unmasking: { roster, sharers, inputs, confirmations },
    };
    return { phase, ...base, ...parts[phase] } as WholeView;
  };
}

const bySeat = ({ message }: FromSeat): number => message.seat;
const byMember = ({ message }: FromMember): number => message.member;

/** Each sender once, ascending. */
function put<T>(list: T[], entry: T, sender: (entry: T) => number): void {
  if (list.some((one) => sender(one) === sender(entry))) return;
  list.push(entry);
  list.sort((a, b) => sender(a) - sender(b));
}
