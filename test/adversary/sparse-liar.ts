/**
 * A coordinator that runs one attempt by itself: what clients send stays with it, it speaks with the escrow when and as
 * it likes, and tells each client what it likes. protocol.md §4.9, §5.4
 */
import { commitRoster, fixSurvivors } from '#contracts/attempt-outcomes.ts';
import { readAttempt } from '#contracts/attempts.ts';
import { holdersOf } from '#crypto/graph.ts';
import type { AttemptView, Delivery } from '#protocol/attempt-view.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import type { Draw } from '#protocol/manifests.ts';
import type { Confirm, Enrolment, Input, Shares, SharesUpload, Signed } from '#protocol/messages.ts';
import { buildRoster, type Expected, type Roster } from '#protocol/rules/roster.ts';
import { degreeFor } from '#protocol/rules/sparse.ts';
import { agreedRoot, sharersNear } from '#protocol/rules/survivors.ts';
import { toBytes32, toSeconds, type Bytes32 } from '#protocol/units.ts';
import { sparseTerms } from '#test/coordinator/fixtures.ts';
import { nearView } from '#test/support/near.ts';
import { noLie, type Ask } from './front.ts';
import { all, type Play, type Victim } from './play.ts';
import type { Puppet } from './puppet.ts';
import { wholeView, type Arrived, type Shown } from './whole-view.ts';

export class SparseLiar {
  readonly id: AttemptId;
  readonly expected: Expected;
  roster!: Roster;
  readonly #play: Play;
  #puppets: readonly Puppet[];
  readonly #told = new Map<number, AttemptView>();
  #uploads: readonly SharesUpload[] = [];
  #revision = 1000;

  constructor(play: Play, puppets: readonly Puppet[], attempt = play.id.attempt) {
    this.#play = play;
    this.#puppets = puppets;
    this.id = { ...play.id, attempt };
    this.expected = { ...play.expected, attempt };
  }

  /** From now on clients hear of the coordinator only through it. */
  begin(): void {
    this.#play.lie = {
      ...noLie,
      job: (view) => ({ ...view, attempt: this.id.attempt }),
      keeps: () => true,
      instead: (ask) => this.#instead(ask),
    };
  }

  /** Other puppets take the places. */
  with(puppets: readonly Puppet[]): this {
    this.#puppets = puppets;
    return this;
  }

  /** Waits for clients, then freezes the roster of them and the puppets. */
  async freeze(victims: readonly Victim[]): Promise<Signed<Enrolment>[]> {
    const own = await this.#from<Signed<Enrolment>>('enrolments', victims.length);
    const enrolments = [...own, ...this.#puppets.map(({ enrolment }) => enrolment)];
    return enrolments.sort((a, b) => a.message.seat - b.message.seat);
  }

  /** @returns the root that the escrow is to hold, for whatever graph */
  rootOf = (enrolments: readonly Signed<Enrolment>[]): Bytes32 =>
    this.rosterOf(enrolments, toBytes32(`0x${'11'.repeat(32)}`)).root;

  rosterOf(enrolments: readonly Signed<Enrolment>[], randao: Bytes32, seedBlock = 1): Roster {
    const draw: Draw = { ...degreeFor(enrolments.length, sparseTerms), seedBlock, randao };
    return buildRoster(this.#play.job.id, enrolments, { draw, seats: this.#play.seats.length });
  }

  /** @returns the block whose randomness draws the graph */
  async commit(root: Bytes32): Promise<number> {
    const { coordinator } = this.#play.world;
    await commitRoster(coordinator.contracts, this.id, root);
    return (await readAttempt(coordinator.contracts, this.id, { confirmations: 1 })).seedBlock;
  }

  async mine(blocks: number): Promise<void> {
    await this.#play.world.chain.provider.send('anvil_mine', [`0x${blocks.toString(16)}`]);
  }

  async randaoOf(block: number): Promise<Bytes32> {
    const found = await this.#play.world.chain.provider.getBlock(block);
    return toBytes32(found?.prevRandao ?? '');
  }

  /** As an honest coordinator would: the roster committed, then drawn. */
  async draw(enrolments: readonly Signed<Enrolment>[]): Promise<Roster> {
    const seedBlock = await this.commit(this.rootOf(enrolments));
    await this.mine(2);
    this.roster = this.rosterOf(enrolments, await this.randaoOf(seedBlock), seedBlock);
    return this.roster;
  }

  fix = (inputs: readonly Signed<Input>[]): Promise<void> =>
    fixSurvivors(this.#play.world.coordinator.contracts, this.id, agreedRoot(this.roster, inputs));

  /** @param bent what of the view is not as the roster and what has arrived would have it */
  tell(
    victims: readonly Victim[],
    phase: Shown,
    arrived: Partial<Arrived> = {},
    bent: (view: AttemptView) => AttemptView = (view) => view,
  ): void {
    const { roster, expected } = this;
    for (const { seat } of victims) {
      const state = { domain: this.#play.job.id, expected, seats: this.#play.seats, ...arrived };
      const view = roster.draw
        ? nearView(phase, { ...state, enrolments: roster.enrolments, draw: roster.draw }, seat)
        : wholeView(phase, this.#base(), roster, arrived);
      this.#tells(seat, bent(view));
    }
  }

  /** The attempt is over, says the liar, and waits until the clients have heard it. */
  async moveOn(victims: readonly Victim[]): Promise<void> {
    for (const { seat } of victims) {
      this.#tells(seat, { ...this.#base(), phase: 'aborted', reason: 'too-few-confirmations', aborts: [] });
    }
    await this.#play.until('word of the end', () =>
      victims.every(({ front }) => {
        const last = front.shown.at(-1);
        return last?.phase === 'aborted' && last.attempt === this.id.attempt;
      }),
    );
  }

  announce(victims: readonly Victim[]): void {
    for (const { seat } of victims) this.#tells(seat, { ...this.#base(), phase: 'enrolling' });
  }

  /** Waits until the clients have dealt. @returns all shares, those of puppets with them */
  async shares(victims: readonly Victim[]): Promise<SharesUpload[]> {
    const own = await this.#from<SharesUpload>('shares', victims.length);
    const uploads = [...own, ...this.#puppets.map((puppet) => puppet.shares(this.roster))];
    this.#uploads = uploads.sort((a, b) => a.message.member - b.message.member);
    return uploads;
  }

  /** Shows who dealt, and waits until the clients have said whose shares they can't open. */
  async receipts(victims: readonly Victim[], shares: readonly Signed<Shares>[]): Promise<void> {
    this.tell(victims, 'receiving', { shares });
    await this.#from('receipts', victims.length);
  }

  /** Waits until the clients have masked. @returns all inputs, those of puppets with them */
  async inputs(victims: readonly Victim[]): Promise<Signed<Input>[]> {
    const own = await this.#from<Signed<Input>>('inputs', victims.length);
    const inputs = [
      ...own,
      ...this.#puppets.map((puppet) => puppet.input(this.roster, this.#near(puppet)).envelope),
    ];
    return inputs.sort((a, b) => a.message.member - b.message.member);
  }

  /** Waits until the clients have confirmed these survivors. @returns all confirmations, those of puppets with them */
  async confirmations(
    victims: readonly Victim[],
    inputs: readonly Signed<Input>[],
  ): Promise<Signed<Confirm>[]> {
    const survivors = agreedRoot(this.roster, inputs);
    const own = await this.#from<Signed<Confirm>>(
      'confirmations',
      victims.length,
      ({ message }) => message.survivors === survivors,
    );
    const puppets = this.#puppets.map((puppet) => puppet.confirm(this.roster, this.#near(puppet), inputs));
    return [...own, ...puppets].sort((a, b) => a.message.member - b.message.member);
  }

  /** Waits until this many clients have opened shares. */
  async unmaskings(count: number): Promise<void> {
    await this.#from('unmaskings', count);
  }

  /** From the roster to the end of masking. @returns inputs and shares as they are shown */
  async collect(victims: readonly Victim[]) {
    this.tell(victims, 'sharing');
    const shares = plain(await this.shares(victims));
    await this.receipts(victims, shares);
    this.tell(victims, 'masking', { shares });
    return { shares, inputs: await this.inputs(victims) };
  }

  knowledge = () => this.#play.knowledge(this.roster, this.id);

  /** Waits for the refusal, and until the client has been told the same anew and has stayed with it. */
  async refused(victim: Victim, code: string): Promise<void> {
    await this.#play.until(`${code} by seat ${victim.seat}`, () => victim.codes.includes(code));
    const asked = victim.front.asked();
    for (const more of [1, 2]) {
      const view = this.#told.get(victim.seat);
      if (view) this.#tells(victim.seat, view);
      await this.#play.until('another look', () => victim.front.asked() >= asked + more);
    }
  }

  #near = (puppet: Puppet) => sharersNear(this.roster, puppet.memberIn(this.roster), all(this.roster));

  #tells(seat: number, view: AttemptView): void {
    this.#revision += 1;
    this.#told.set(seat, { ...view, attempt: this.id.attempt, revision: this.#revision });
  }

  #base() {
    const { job, round, terms, model } = this.expected;
    const { attempt } = this.id;
    const deadline = toSeconds(this.#play.deadline);
    return { job, round, attempt, terms, model, revision: 1, deadline, earlier: [] };
  }

  #instead({ seat, call, id }: Ask): unknown {
    const view = this.#told.get(seat);
    if (!view || id.attempt !== this.id.attempt) return undefined;
    return call === 'shares' ? this.#deliveriesTo(seat) : call === '' ? view : undefined;
  }

  #deliveriesTo(seat: number): Delivery[] {
    const holder = this.roster.members.findIndex((member) => member.seat === seat);
    return this.#uploads.flatMap(({ message, ciphertexts }) => {
      const place = holdersOf(this.roster.graph, message.member).rankOf(holder);
      const ciphertext = place === undefined ? undefined : ciphertexts[place];
      return ciphertext && message.member !== holder ? [{ dealer: message.member, ciphertext }] : [];
    });
  }

  /** So many messages of this attempt, at the sockets. */
  async #from<Body extends Signed<object>>(
    call: string,
    count: number,
    fits: (body: Body) => boolean = () => true,
  ): Promise<Body[]> {
    const found = () =>
      this.#play
        .sent()
        .filter((sent) => sent.call === call && sent.id.attempt === this.id.attempt)
        .map(({ body }) => body as Body)
        .filter(fits);
    await this.#play.until(`${count} ${call}`, () => found().length >= count);
    return found();
  }
}

export const plain = (uploads: readonly SharesUpload[]): Signed<Shares>[] =>
  uploads.map(({ message, signature }) => ({ message, signature }));
