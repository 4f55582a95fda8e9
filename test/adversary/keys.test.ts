/** Ephemeral keys that are not a colluder's own: copied, spelled anew, or of small order. protocol.md §3.1, §3.4, §4.2 */
import { expect } from 'chai';
import { channelInfo } from '#crypto/agreement.ts';
import { fromHex } from '#crypto/bytes.ts';
import { platform } from '#platform';
import type { Enrolment, SharesUpload, Signed } from '#protocol/messages.ts';
import type { Roster } from '#protocol/rules/roster.ts';
import { untilPhase } from '#test/coordinator/launch.ts';
import { at } from '#test/contracts/world.ts';
import { operatorKey } from '#test/support/cohort.ts';
import { deal } from './deal.ts';
import { all, apart, type Play, type Victim } from './play.ts';
import { freshKeys, type Puppet } from './puppet.ts';
import { Stage } from './stage.ts';
import { skipping, type Check } from './weakened.ts';

const clients = [0, 1, 2];
/** The client whose update the liar is after: the last of them. */
const wanted = 2;

/** Pair masks with a key and with its copy are one, where the KDF is not told whose they are (§3.4). */
const unboundPairs: Check = {
  file: 'crypto/agreement.ts',
  passage: "info('pair', binding, concat(identity(first), identity(second)))",
  put: "info('pair', binding, new Uint8Array(0))",
};

/** RFC 7748 §6.1 asks to look for what these give; the point of order 8 of Bernstein's list. */
const smallOrder = fromHex('0xe0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800');
const admitsSmallOrder: Check = {
  file: 'crypto/platform/node.ts',
  passage:
    "throw new TributaryError('key/low-order', 'a public key of small order: refuse its owner', { cause });",
  put: 'return new Uint8Array(32);',
};

/** The same point in other bytes: the top bit does not count (RFC 7748 §5). */
const spelledAnew = (key: Uint8Array): Uint8Array => key.map((byte, at) => (at === 31 ? byte | 0x80 : byte));

describe('a coordinator whose colluders send keys that are not theirs', function () {
  this.timeout(60_000);
  let stage: Stage;
  before(async () => {
    stage = await Stage.start();
  });
  after(() => stage.stop());

  async function enrolled(play: Play, without: readonly Check[]): Promise<Victim[]> {
    const victims: Victim[] = [];
    for (const seat of clients) victims.push(await play.victim(seat, { without }));
    await play.receives('enrolments', ...clients);
    return victims;
  }

  /** Seats 3 and 4 take over the mask keys of seats 0 and 1. */
  async function copy(play: Play, change: (key: Uint8Array) => Uint8Array): Promise<Puppet[]> {
    const keyOf = (seat: number) => {
      const found = play.sent().find((sent) => sent.seat === seat && sent.call === 'enrolments');
      return fromHex((found!.body as Signed<Enrolment>).message.maskKey);
    };
    const puppets = [3, 4].map((seat) => {
      const keys = freshKeys();
      const mask = { ...keys.mask, publicKey: change(keyOf(seat - 3)) };
      return play.puppet(seat, { key: operatorKey(seat), keys: { ...keys, mask } });
    });
    for (const { enrolment } of puppets) await play.api.enrol(play.id, enrolment);
    return puppets;
  }

  /** Plays honestly to the end of unmasking, as far as the clients go along. */
  async function toTheEnd(play: Play, puppets: readonly Puppet[]): Promise<Roster> {
    const { api, id } = play;
    const sharing = await untilPhase(api, id, 'sharing');
    const roster = play.rosterOf(sharing);
    await deal(play, puppets, roster);
    await untilPhase(api, id, 'masking');
    for (const puppet of puppets) {
      const { envelope, vector } = puppet.input(roster, all(roster));
      await api.upload(id, envelope, vector);
    }
    const { inputs } = await untilPhase(api, id, 'confirming');
    if (!Array.isArray(inputs)) throw new Error('all inputs were expected');
    for (const puppet of puppets) await api.confirm(id, puppet.confirm(roster, all(roster), inputs));
    await play.receives('unmaskings', ...clients);
    return roster;
  }

  const copies = [
    ['copied', 'roster/duplicate-key', (key: Uint8Array) => key],
    ['spelled anew', 'key/not-canonical', spelledAnew],
  ] as const;
  for (const [how, code, change] of copies) {
    it(`is refused: mask keys of others, ${how}`, () =>
      stage.play(apart(5), async (play) => {
        const victims = await enrolled(play, []);
        await copy(play, change);
        for (const victim of victims) await play.refused(victim, code);
        for (const victim of victims) expect(victim.calls()).to.deep.equal(['enrolments']);
      }));

    it(`would open an update if masks were not bound to their parties either: mask keys of others, ${how}`, () =>
      stage.play(apart(5), async (play) => {
        await enrolled(play, [skipping(code), unboundPairs]);
        const roster = await toTheEnd(play, await copy(play, change));
        // + − of the masks with seats 0 and 1 and with their copies: only its self mask is left on the input.
        expect(play.knowledge(roster).openWith(wanted, all(roster), [])).to.deep.equal(play.secretOf(wanted));
      }));
  }

  async function admit(play: Play): Promise<void> {
    const keys = freshKeys();
    const channel = { ...keys.channel, publicKey: smallOrder };
    const puppets = [
      play.puppet(3, { key: operatorKey(3), keys: { ...keys, channel } }),
      play.puppet(4, { key: operatorKey(4) }),
    ];
    for (const { enrolment } of puppets) await play.api.enrol(play.id, enrolment);
  }

  it('is refused: a channel key of small order', () =>
    stage.play(apart(5), async (play) => {
      const victims = await enrolled(play, []);
      await admit(play);
      for (const victim of victims) await play.refused(victim, 'key/low-order');
      for (const victim of victims) expect(victim.calls()).to.deep.equal(['enrolments']);
    }));

  it('would show a share to whoever listens if nobody asked: a channel key of small order', () =>
    stage.play(apart(5), async (play) => {
      await enrolled(play, [admitsSmallOrder]);
      await admit(play);
      await play.receives('shares', wanted);
      const roster = play.rosterOf(await untilPhase(play.api, play.id, 'sharing'));
      const sent = play.sent().find(({ seat, call }) => seat === wanted && call === 'shares');
      const ciphertext = fromHex(at((sent!.body as SharesUpload).ciphertexts, 3));
      const party = (index: number) => ({ index, publicKey: at(roster.members, index).channelKey });
      const info = channelInfo(play.knowledge(roster).binding, party(wanted), party(3));
      const key = platform.hkdfSha256(new Uint8Array(32), new Uint8Array(0), info, 32);
      // No secret was needed: two shares of 33 bytes, and their path in a tree of five.
      expect(platform.aesGcmOpen(key, new Uint8Array(12), ciphertext, info)).to.have.length(2 * 33 + 3 * 32);
    }));
});
