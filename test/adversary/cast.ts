/** A cohort at the point where the liar begins: all have dealt their shares, and from here on it says what comes next. */
import { memberSet } from '#crypto/members.ts';
import type { AttemptView, ViewOf } from '#protocol/attempt-view.ts';
import type { Confirm, Input, Received, Signed } from '#protocol/messages.ts';
import type { Roster } from '#protocol/rules/roster.ts';
import { agreedRoot } from '#protocol/rules/survivors.ts';
import { at } from '#test/contracts/world.ts';
import { untilPhase } from '#test/coordinator/launch.ts';
import { operatorKey } from '#test/support/cohort.ts';
import { noLie } from './front.ts';
import { all, type Play, type Treatment, type Victim } from './play.ts';
import type { Puppet } from './puppet.ts';

type Set = readonly number[];

/** What the coordinator itself hears: nothing that follows from a view which it did not give. */
const dealing: readonly string[] = ['enrolments', 'shares'];

/** When all have dealt: clients hear of it when the liar says so. */
const isLater = ({ phase }: AttemptView): boolean => phase === 'receiving' || phase === 'masking';

/** Every seat of the job is a member, so a member's index is its seat. */
export class Cast {
  readonly roster: Roster;
  readonly clients: readonly Victim[];
  readonly #play: Play;
  readonly #colluders: readonly Puppet[];
  readonly #real: ViewOf<'receiving'>;
  readonly #told: Map<number, AttemptView>;
  #revision = 1_000_000;

  private constructor(
    play: Play,
    clients: readonly Victim[],
    colluders: readonly Puppet[],
    real: ViewOf<'receiving'>,
    told: Map<number, AttemptView>,
  ) {
    this.#play = play;
    this.clients = clients;
    this.#colluders = colluders;
    this.#real = real;
    this.#told = told;
    this.roster = play.rosterOf(real);
  }

  /** @param honest seats with a client; in the others the liar sits, with the keys of their operators */
  static async gather(
    play: Play,
    honest: Set,
    treat: (seat: number) => Partial<Treatment> = () => ({}),
  ): Promise<Cast> {
    const told = new Map<number, AttemptView>();
    let sharing: AttemptView | undefined;
    play.lie = {
      ...noLie,
      view(view, seat) {
        if (view.phase === 'sharing') sharing = view;
        return told.get(seat) ?? (isLater(view) && sharing ? sharing : view);
      },
      keeps: ({ call }) => !dealing.includes(call),
    };
    const seats = [...play.job.manifest.datasets.keys()];
    const colluders = seats
      .filter((seat) => !honest.includes(seat))
      .map((seat) => play.puppet(seat, { key: operatorKey(seat) }));
    const clients = await Promise.all(honest.map((seat) => play.victim(seat, treat(seat))));
    for (const { enrolment } of colluders) await play.api.enrol(play.id, enrolment);
    const shown = (await untilPhase(play.api, play.id, 'sharing')) as ViewOf<'sharing'>;
    const roster = play.rosterOf(shown);
    for (const puppet of colluders) await play.api.share(play.id, puppet.shares(roster));
    const real = (await untilPhase(play.api, play.id, 'receiving')) as ViewOf<'receiving'>;
    return new Cast(play, clients, colluders, real, told);
  }

  client(seat: number): Victim {
    const found = this.clients.find((client) => client.seat === seat);
    if (!found) throw new Error(`seat ${seat} has no client`);
    return found;
  }

  receiving(sharers: Set): ViewOf<'receiving'> {
    return { ...this.#real, sharers: sharers.map((member) => at(this.#real.sharers, member)) };
  }

  /** Whoever was asked by no `receiving` has not said who dealt: no word of its own binds what U2 it may be shown. */
  masking(sharers: Set, excluded: ViewOf<'masking'>['excluded'] = []): ViewOf<'masking'> {
    return { ...this.receiving(sharers), phase: 'masking', excluded };
  }

  confirming(sharers: Set, survivors: Set): ViewOf<'confirming'> {
    return { ...this.receiving(sharers), phase: 'confirming', inputs: this.#inputs(sharers, survivors) };
  }

  unmasking(sharers: Set, survivors: Set, confirmations: readonly Signed<Confirm>[]): ViewOf<'unmasking'> {
    const seen = this.confirming(sharers, survivors);
    return { ...seen, phase: 'unmasking', confirmations: [...confirmations] };
  }

  /** What the liar's own member says of a dealer. */
  complaint(dealer: number): Signed<Received> {
    return at(this.#colluders, 0).receive(this.roster, all(this.roster), [dealer]);
  }

  /** A confirmation of these survivors by a member: the one that it sent, or, of the liar's own, the one that it needs. */
  confirmation(member: number, sharers: Set, survivors: Set): Signed<Confirm> {
    const inputs = this.#inputs(sharers, survivors);
    const own = this.#colluders.find(({ seat }) => seat === member);
    if (own) return own.confirm(this.roster, memberSet(sharers), inputs);
    const root = agreedRoot(this.roster, inputs);
    const found = this.#sent<Confirm>('confirmations', member).find(
      ({ message }) => message.survivors === root,
    );
    if (!found) throw new Error(`member ${member} has not confirmed ${survivors.join(', ')}`);
    return found;
  }

  /** Shows some clients this, whatever the coordinator has. */
  tell(seats: Set, view: AttemptView): void {
    this.#revision += 1;
    for (const seat of seats) this.#told.set(seat, { ...view, revision: this.#revision });
  }

  /** The same, and waits until each of them has sent one more message of this kind. */
  async bring(seats: Set, view: AttemptView, call: string): Promise<void> {
    const count = (seat: number) =>
      this.client(seat)
        .calls()
        .filter((made) => made === call).length;
    const before = new Map(seats.map((seat) => [seat, count(seat)]));
    this.tell(seats, view);
    await this.#play.until(`${call} by ${seats.join(', ')}`, () =>
      seats.every((seat) => count(seat) > (before.get(seat) ?? 0)),
    );
  }

  /** Shows some clients this, which none of them goes along with. */
  async refused(seats: Set, view: AttemptView, code: string): Promise<void> {
    this.tell(seats, view);
    for (const seat of seats) await this.#play.refused(this.client(seat), code);
  }

  /** A member's update as the liar has it by now, if it can. @param sharers the member masked with these */
  opened(member: number, sharers: Set = all(this.roster).indices): Uint32Array | null {
    return this.#play.knowledge(this.roster).open(member, memberSet(sharers));
  }

  #inputs(sharers: Set, survivors: Set): Signed<Input>[] {
    return survivors.map((member) => {
      const own = this.#colluders.find(({ seat }) => seat === member);
      const envelope =
        own?.input(this.roster, memberSet(sharers)).envelope ?? this.#sent<Input>('inputs', member)[0];
      if (!envelope) throw new Error(`member ${member} has sent no input`);
      return envelope;
    });
  }

  /** What a client's member sent of a kind. */
  #sent<Message extends Readonly<{ member: number }>>(call: string, member: number): Signed<Message>[] {
    return this.#play
      .sent()
      .filter((sent) => sent.call === call)
      .map(({ body }) => body as Signed<Message>)
      .filter(({ message }) => message.member === member);
  }
}
