/** What a lying coordinator can work out of what it was sent, with the keys of its puppets. protocol.md §3.5, §3.6 */
import { pairMaskKeys, selfMaskKey, type Binding, type Party } from '#crypto/agreement.ts';
import { fromHex } from '#crypto/bytes.ts';
import { holdersOf } from '#crypto/graph.ts';
import { removeMasks, type RecoveredSecrets } from '#crypto/masking.ts';
import { memberSet, type MemberSet } from '#crypto/members.ts';
import { unpack } from '#crypto/packing.ts';
import { wordBits } from '#crypto/parameters.ts';
import { RingAccumulator, type Mask } from '#crypto/ring.ts';
import { combine, decodeShare, type Share } from '#crypto/shamir.ts';
import { openShare } from '#crypto/sharing.ts';
import type { Job } from '#model/job.ts';
import { contextOf, type AttemptId } from '#protocol/job-id.ts';
import type { Input, SharesUpload, Signed, UnmaskingUpload } from '#protocol/messages.ts';
import type { Roster } from '#protocol/rules/roster.ts';
import { membersDigest, sharersNear } from '#protocol/rules/survivors.ts';
import type { Sent } from './front.ts';
import type { Puppet } from './puppet.ts';

type Kind = 'seed' | 'mask';

/** One attempt with one roster, as the liar looks back on it. */
export type Scene = Readonly<{
  job: Job;
  id: AttemptId;
  roster: Roster;
  /** All that real clients sent, to whichever door. */
  sent: readonly Sent[];
  puppets: readonly Puppet[];
}>;

export class Knowledge {
  readonly #of: Scene;
  readonly binding: Binding;
  readonly #w: number;

  constructor(of: Scene) {
    const { job, id, roster } = of;
    const model = roster.enrolments[0]?.message.model ?? '';
    this.#of = of;
    this.#w = wordBits(job.parameters.bits, roster.size);
    this.binding = {
      context: contextOf(job.id, id),
      roster: fromHex(roster.root),
      parameters: fromHex(job.digests.parameters),
      model: fromHex(model),
    };
  }

  /** A member's quantised update, alone: null where a mask stays on it. @param sharers it masked with these */
  open(member: number, sharers: MemberSet): Uint32Array | null {
    const pairs: Mask[] = [];
    for (const peer of sharersNear(this.#of.roster, member, sharers).without(memberSet([member]))) {
      const key = this.#pairKey(member, peer);
      if (!key) return null;
      // The member added the mask if its index is the lower one.
      pairs.push({ key, subtract: member < peer });
    }
    return this.openWith(member, sharers, pairs);
  }

  /** The same where these are the pair masks that are left on it. */
  openWith(member: number, sharers: MemberSet, pairs: readonly Mask[]): Uint32Array | null {
    const { roster, job } = this.#of;
    const input = this.#input(member, sharersNear(roster, member, sharers));
    const seed = this.secret(member, 'seed');
    if (!input || !seed) return null;
    const sum = new RingAccumulator(job.parameters.dimension, this.#w);
    sum.addWords(unpack(input, job.parameters.dimension, this.#w));
    sum.applyMasks([{ key: selfMaskKey(this.binding, this.#party(member), seed), subtract: true }, ...pairs]);
    return sum.lastWords();
  }

  /** Σ of some members' updates: null where the masks of others than them stay on it. */
  sum(members: MemberSet, sharers: MemberSet): Uint32Array | null {
    const { roster, job } = this.#of;
    const recovered = this.#recoveredFor(members, sharers);
    if (!recovered) return null;
    const sum = new RingAccumulator(job.parameters.dimension, this.#w);
    for (const member of members) {
      const input = this.#input(member, sharersNear(roster, member, sharers));
      if (!input) return null;
      sum.addWords(unpack(input, job.parameters.dimension, this.#w));
    }
    const { members: keys, graph } = roster;
    removeMasks(sum, {
      binding: this.binding,
      survivors: members,
      sharers,
      roster: keys,
      graph,
      recovered,
    });
    return sum.lastWords();
  }

  /** A − B in the ring: what is left of two sums. */
  minus(a: Uint32Array, b: Uint32Array): Uint32Array {
    const modulus = 2 ** this.#w;
    return a.map((word, at) => (word - (b[at] ?? 0) + modulus) % modulus);
  }

  /** A secret that enough shares restore, wherever they were seen. */
  secret(dealer: number, kind: Kind): Uint8Array | null {
    const { roster } = this.#of;
    const own = kind === 'mask' ? this.#puppet(dealer)?.keys.mask.secret.reveal() : undefined;
    if (own) return own;
    const known = new Map<number, Share>();
    for (const share of [...this.#decrypted(dealer, kind), ...this.#revealed(dealer, kind)]) {
      known.set(share.x, share);
    }
    return known.size < roster.threshold
      ? null
      : combine([...known.values()].slice(0, roster.threshold), roster.threshold);
  }

  #recoveredFor(members: MemberSet, sharers: MemberSet): RecoveredSecrets | null {
    const seeds = new Map<number, Uint8Array>();
    const maskSecrets = new Map<number, Uint8Array>();
    for (const member of sharers) {
      const found = this.secret(member, members.has(member) ? 'seed' : 'mask');
      if (!found) return null;
      (members.has(member) ? seeds : maskSecrets).set(member, found);
    }
    return { seeds, maskSecrets };
  }

  #pairKey(member: number, peer: number): Uint8Array | undefined {
    for (const [knower, other] of [
      [member, peer],
      [peer, member],
    ] as const) {
      const secret = this.#puppet(knower)?.keys.mask.secret.reveal() ?? this.secret(knower, 'mask');
      if (!secret) continue;
      return pairMaskKeys(this.binding, { ...this.#party(knower), secret }, [this.#party(other)]).get(other);
    }
    return undefined;
  }

  #puppet(member: number): Puppet | undefined {
    return this.#of.puppets.find((puppet) => puppet.memberIn(this.#of.roster) === member);
  }

  /** Shares that real dealers encrypted for puppets. */
  #decrypted(dealer: number, kind: Kind): Share[] {
    const { roster, puppets } = this.#of;
    const upload = this.#sent<SharesUpload>('shares').find(({ message }) => message.member === dealer);
    if (!upload) return [];
    const holders = holdersOf(roster.graph, dealer);
    return puppets.flatMap((puppet) => {
      const holder = puppet.memberIn(roster);
      const ciphertext = upload.ciphertexts[holders.rankOf(holder) ?? -1];
      if (ciphertext === undefined || holder === dealer) return [];
      const share = openShare({
        ...{ binding: this.binding, dealer, holder, roster: roster.members, holders },
        channelSecret: puppet.keys.channel.secret,
        ciphertext: fromHex(ciphertext),
        shareRoot: fromHex(upload.message.shareRoot),
      });
      return typeof share === 'string' ? [] : [{ x: holder + 1, y: share[kind] }];
    });
  }

  /** Shares that real holders opened at unmasking. */
  #revealed(dealer: number, kind: Kind): Share[] {
    return this.#sent<UnmaskingUpload>('unmaskings').flatMap(({ message, shares }) =>
      shares
        .filter((share) => share.member === dealer && share.kind === kind)
        .map(({ y }) => ({ x: message.member + 1, y: decodeShare(fromHex(y)) })),
    );
  }

  #input(member: number, near: MemberSet): Uint8Array | undefined {
    const { sent, roster } = this.#of;
    const digest = membersDigest(near);
    const found = sent.find(({ call, body }) => {
      const { message } = body as Signed<Input>;
      return (
        call === 'inputs' &&
        message.member === member &&
        message.roster === roster.root &&
        message.sharers === digest
      );
    });
    return found?.vector;
  }

  /** Messages of one kind that speak of this roster. */
  #sent<Body extends Signed<Readonly<{ roster: string }>>>(call: string): Body[] {
    return this.#of.sent
      .filter((sent) => sent.call === call)
      .map(({ body }) => body as Body)
      .filter(({ message }) => message.roster === this.#of.roster.root);
  }

  #party(index: number): Party {
    const member = this.#of.roster.members[index];
    if (!member) throw new Error(`the roster has no member ${index}`);
    return { index, publicKey: member.maskKey };
  }
}
