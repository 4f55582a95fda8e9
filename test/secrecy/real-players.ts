/** Members that are the clients themselves, journals and all; colluders sign what they are asked to. protocol.md §4 */
import { memberSet } from '#crypto/members.ts';
import { takeStep } from '#client/take-step.ts';
import type { AttemptView } from '#protocol/attempt-view.ts';
import type { Confirm, Input, Signed } from '#protocol/messages.ts';
import { buildRoster } from '#protocol/rules/roster.ts';
import { membersDigest, survivorsRoot } from '#protocol/rules/survivors.ts';
import { digestOfText, domain, signed } from '#test/support/cohort.ts';
import { bench, type Bench } from '#test/client/support/cohort.ts';
import { newHome } from '#test/client/support/home.ts';
import type { Ended, Player } from './play.ts';
import { textOf, type Confirmed, type View } from './protocol-client.ts';

/** Seats 0 to 4; in an attempt's roster a member's index is its rank among those that enrolled. */
export class RealWorld {
  readonly #corrupt: ReadonlySet<number>;
  readonly #homes = [0, 1, 2, 3, 4].map(() => newHome());
  readonly #benches = new Map<number, Promise<Bench>>();
  /** What digests in messages stand for, as sets of seats. */
  readonly #sets = new Map<string, string>();

  constructor(corrupt: readonly number[]) {
    this.#corrupt = new Set(corrupt);
  }

  player(seat: number): Player {
    return {
      enrol: (attempt, earlier) => this.#enrol(attempt, seat, earlier),
      share: async (attempt) => {
        const at = await this.#bench(attempt);
        for (const one of [...this.#corrupt, seat]) await this.#show(at, one, at.coordinator.view('sharing'));
        return at.coordinator.shares.some(({ message }) => message.member === rankOf(at, seat));
      },
      mask: async (attempt, view) => {
        const at = await this.#bench(attempt);
        await this.#show(at, seat, at.coordinator.view('masking', { sharers: sharersIn(at, view) }));
        this.#digestOf(at, view);
        const own = at.coordinator.inputs.find(({ message }) => message.member === rankOf(at, seat));
        return own && this.#setOf(own.message.sharers);
      },
      confirm: async (attempt, view) => {
        const at = await this.#bench(attempt);
        const inputs = this.#inputs(at, view);
        const shown = at.coordinator.view('confirming', { sharers: sharersIn(at, view), inputs });
        await this.#show(at, seat, shown);
        return this.#verdictOf(at, seat);
      },
      unmask: async (attempt, view) => {
        const at = await this.#bench(attempt);
        const inputs = this.#inputs(at, view);
        const confirmations = view.confirmations.map(({ member }) =>
          this.#confirmation(at, member, view, inputs),
        );
        const change = { sharers: sharersIn(at, view), inputs, confirmations };
        const refused = await this.#show(at, seat, at.coordinator.view('unmasking', change));
        const sent = at.coordinator.unmaskings.find(({ message }) => message.member === rankOf(at, seat));
        if (refused || !sent) return [];
        return sent.shares.map(({ member, kind }) => ({ dealer: seatsIn(at)[member] ?? -1, of: kind }));
      },
    };
  }

  async #enrol(attempt: number, seat: number, ended: readonly Ended[]) {
    const at = await this.#bench(attempt);
    const earlier = await Promise.all(
      ended.map(async (one) => {
        const past = await this.#bench(one.attempt);
        const aborts = one.aborts.map((member) => {
          const message = {
            ...past.coordinator.id,
            member: rankOf(past, member),
            roster: rosterOf(past),
            reason: 'x',
          };
          return signed(member, 'Abort', message);
        });
        return { attempt: one.attempt, roster: past.coordinator.enrolments, aborts };
      }),
    );
    await this.#show(at, seat, at.coordinator.view('enrolling', { earlier }));
    const gaveUp = await Promise.all(
      ended.map(async (one) => {
        const member = rankOf(await this.#bench(one.attempt), seat);
        return at.coordinator.aborts.some(
          ({ message }) => message.attempt === one.attempt && message.member === member,
        );
      }),
    );
    return {
      enrolled: at.coordinator.enrolments.some(({ message }) => message.seat === seat),
      aborts: ended.map((one) => one.attempt).filter((_, index) => gaveUp[index]),
    };
  }

  #bench(attempt: number): Promise<Bench> {
    const found = this.#benches.get(attempt) ?? this.#enter(attempt);
    this.#benches.set(attempt, found);
    return found;
  }

  /** Colluders enrol in every attempt, with no memory. */
  async #enter(attempt: number): Promise<Bench> {
    const homes = this.#homes.map((home, seat) => (this.#corrupt.has(seat) ? newHome() : home));
    const at = await bench({ homes, id: { job: 7, round: 1, attempt }, seed: 'lied to' });
    for (const seat of this.#corrupt) await this.#show(at, seat, at.coordinator.view('enrolling'));
    return at;
  }

  /** @returns whether the client would not go along; then nothing left it */
  async #show(at: Bench, seat: number, view: AttemptView): Promise<boolean> {
    const sent = at.coordinator.sent.length;
    const refused = (await takeStep(attemptOf(at, seat), view)) !== null;
    const left = at.coordinator.sent.slice(sent).map(({ call }) => call);
    if (refused && left.some((call) => call !== 'abort'))
      throw new Error(`it refused, and sent ${left.join()}`);
    return refused;
  }

  #inputs(at: Bench, view: View): Signed<Input>[] {
    const sharers = this.#digestOf(at, view);
    const inputs = view.survivors.flatMap((seat) => {
      const member = rankOf(at, seat);
      const message = {
        ...at.coordinator.id,
        member,
        roster: rosterOf(at),
        sharers,
        inputRoot: digestOfText('any'),
      };
      return this.#corrupt.has(seat)
        ? [signed(seat, 'Input', message)]
        : at.coordinator.inputs.filter((input) => input.message.member === member);
    });
    this.#sets.set(survivorsRoot(inputs), textOf(view.survivors));
    return inputs;
  }

  #confirmation(at: Bench, seat: number, view: View, inputs: readonly Signed<Input>[]): Signed<Confirm> {
    const member = rankOf(at, seat);
    const own = at.coordinator.confirmations.find(({ message }) => message.member === member);
    if (own && !this.#corrupt.has(seat)) return own;
    const sharers = this.#digestOf(at, view);
    const message = {
      ...at.coordinator.id,
      member,
      roster: rosterOf(at),
      sharers,
      survivors: survivorsRoot(inputs),
    };
    return signed(seat, 'Confirm', message);
  }

  #verdictOf(at: Bench, seat: number): 'abort' | Confirmed | undefined {
    const verdict = attemptOf(at, seat).record.decided('verdict');
    if (!verdict || verdict.kind === 'abort') return verdict?.kind;
    const { sharers, survivors } = verdict.envelope.message;
    return { sharers: this.#setOf(sharers), survivors: this.#setOf(survivors) };
  }

  #digestOf(at: Bench, { sharers }: View) {
    const digest = membersDigest(memberSet(sharers.map((seat) => rankOf(at, seat))));
    this.#sets.set(digest, textOf(sharers));
    return digest;
  }

  #setOf(digest: string): string {
    const set = this.#sets.get(digest);
    if (set === undefined) throw new Error('a client signed a set that it was never shown');
    return set;
  }
}

const seatsIn = ({ coordinator }: Bench): number[] =>
  coordinator.enrolments.map(({ message }) => message.seat);
const rankOf = (at: Bench, seat: number): number => seatsIn(at).indexOf(seat);
const rosterOf = ({ coordinator }: Bench) => buildRoster(domain, coordinator.enrolments).root;
const attemptOf = ({ attempts }: Bench, seat: number) => attempts[seat]!;
const sharersIn = (at: Bench, { sharers }: View) =>
  at.coordinator
    .view('masking')
    .sharers.filter(({ message }) => sharers.includes(seatsIn(at)[message.member] ?? -1));
