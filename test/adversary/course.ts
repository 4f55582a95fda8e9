/** An attempt as a liar plays it from a roster of its own making, beside what the coordinator's code holds of it. */
import { memberSet } from '#crypto/members.ts';
import type { AttemptView, Delivery } from '#protocol/attempt-view.ts';
import type { Confirm, Enrolment, Input, Received, Shares } from '#protocol/messages.ts';
import type { SharesUpload, Signed } from '#protocol/messages.ts';
import { buildRoster, type Roster } from '#protocol/rules/roster.ts';
import type { Play } from './play.ts';
import type { Puppet } from './puppet.ts';

type OfRoster = Signed<Readonly<{ member: number; roster: string }>>;

/** Later than any revision of the coordinator's own. */
const afterwards = 1_000_000;

export class Course {
  readonly roster: Roster;
  readonly #play: Play;
  readonly #puppets: readonly Puppet[];
  readonly #enrolments: readonly Signed<Enrolment>[];
  readonly #dealt: SharesUpload[];

  /** @param enrolments in the order in which they are shown */
  constructor(play: Play, enrolments: readonly Signed<Enrolment>[], puppets: readonly Puppet[]) {
    this.#play = play;
    this.#puppets = puppets;
    this.#enrolments = enrolments;
    this.roster = buildRoster(play.job.id, enrolments);
    this.#dealt = puppets.map((puppet) => puppet.shares(this.roster));
  }

  /** A phase ends when all clients in the roster have answered in it. */
  view({ job, round, attempt, deadline, terms, model, earlier }: AttemptView): AttemptView {
    const base = { job, round, attempt, deadline, terms, model, earlier };
    const roster = [...this.#enrolments];
    const sharers = this.shares();
    if (sharers.length < this.roster.size) {
      return { ...base, phase: 'sharing', revision: afterwards, roster };
    }
    if (this.#sent<Signed<Received>>('receipts').length < this.roster.size - this.#puppets.length) {
      return { ...base, phase: 'receiving', revision: afterwards + 1, roster, sharers };
    }
    const inputs = this.inputs();
    if (inputs.length < this.roster.size) {
      return { ...base, phase: 'masking', revision: afterwards + 2, roster, sharers, excluded: [] };
    }
    const confirmations = this.#all<Confirm>('confirmations', []);
    if (confirmations.length < this.roster.size - this.#puppets.length) {
      return { ...base, phase: 'confirming', revision: afterwards + 3, roster, sharers, inputs };
    }
    return { ...base, phase: 'unmasking', revision: afterwards + 4, roster, sharers, inputs, confirmations };
  }

  /** What the others dealt to a client's seat. */
  deliveries(seat: number): Delivery[] {
    const member = this.roster.members.findIndex((one) => one.seat === seat);
    const sent = this.#sent<SharesUpload>('shares');
    return [...sent, ...this.#dealt]
      .map(({ message, ciphertexts }) => ({
        dealer: message.member,
        ciphertext: ciphertexts[member] ?? '0x',
      }))
      .filter(({ dealer }) => dealer !== member)
      .sort((a, b) => a.dealer - b.dealer);
  }

  shares(): Signed<Shares>[] {
    return this.#all<Shares>(
      'shares',
      this.#dealt.map(({ message, signature }) => ({ message, signature })),
    );
  }

  inputs(): Signed<Input>[] {
    const sharers = memberSet(this.shares().map(({ message }) => message.member));
    return this.#all<Input>(
      'inputs',
      this.#puppets.map((puppet) => puppet.input(this.roster, sharers).envelope),
    );
  }

  #all<Message extends OfRoster['message']>(
    call: string,
    own: readonly Signed<Message>[],
  ): Signed<Message>[] {
    const sent = this.#sent<Signed<Message>>(call).map(({ message, signature }) => ({ message, signature }));
    return [...sent, ...own].sort((a, b) => a.message.member - b.message.member);
  }

  /** What clients sent of this roster, each member's last. */
  #sent<Body extends OfRoster>(call: string): Body[] {
    const bodies = this.#play
      .sent()
      .filter((sent) => sent.call === call)
      .map(({ body }) => body as Body)
      .filter(({ message }) => message.roster === this.roster.root);
    return [...new Map(bodies.map((body) => [body.message.member, body])).values()];
  }
}
