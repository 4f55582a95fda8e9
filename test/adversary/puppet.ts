/** A member that the liar plays itself: by the protocol, with keys and secrets that the liar knows. protocol.md §4 */
import { computeAddress, type SigningKey } from 'ethers';
import { generateKeys, type EphemeralKeys } from '#crypto/agreement.ts';
import { equalBytes, fromHex, toHex } from '#crypto/bytes.ts';
import { inputRoot, pack } from '#crypto/packing.ts';
import { wordBits } from '#crypto/parameters.ts';
import { systemRng } from '#crypto/random.ts';
import { Secret } from '#crypto/secret.ts';
import { shareSecrets, type DealtShares } from '#crypto/sharing.ts';
import type { Job } from '#model/job.ts';
import { contextOf } from '#protocol/job-id.ts';
import type { Abort, Confirm, Enrolment, Input, Received, Shares } from '#protocol/messages.ts';
import type { SharesUpload, Signed } from '#protocol/messages.ts';
import { unopenedBitmap } from '#protocol/rules/received.ts';
import type { Expected, Roster } from '#protocol/rules/roster.ts';
import { agreedRoot, membersDigest, sharersNear } from '#protocol/rules/survivors.ts';
import type { MemberSet } from '#crypto/members.ts';
import { signTyped } from '#protocol/signature.ts';
import type { PrimaryType } from '#protocol/typed-data.ts';
import { toAddress, toSeconds, type Address, type Bytes32 } from '#protocol/units.ts';

export type Posing = Readonly<{
  job: Job;
  expected: Expected;
  seat: number;
  /** What it signs with, and whose operator it says it is. */
  key: SigningKey;
  operator: Address;
  deadline: number;
  keys: EphemeralKeys;
}>;

export const freshKeys = (): EphemeralKeys => generateKeys(systemRng());
export const addressOf = (key: SigningKey): Address => toAddress(computeAddress(key.publicKey));

export class Puppet {
  readonly seat: number;
  readonly keys: EphemeralKeys;
  readonly enrolment: Signed<Enrolment>;
  readonly #of: Posing;
  readonly #seed = new Secret(systemRng().bytes(32));

  constructor(of: Posing) {
    const { expected, seat, operator, keys } = of;
    this.#of = of;
    this.seat = seat;
    this.keys = keys;
    this.enrolment = this.#sign('Enrolment', {
      ...expected,
      seat,
      operator,
      channelKey: toHex(keys.channel.publicKey) as Bytes32,
      maskKey: toHex(keys.mask.publicKey) as Bytes32,
      deadline: toSeconds(of.deadline),
      backend: 'wasm',
    });
  }

  /** Its place; a seat may stand in a false roster more than once. */
  memberIn({ members }: Roster): number {
    return members.findIndex(({ channelKey }) => equalBytes(channelKey, this.keys.channel.publicKey));
  }

  /** Once for each roster: a second call deals anew. */
  shares(roster: Roster): SharesUpload {
    const dealt = this.#deal(roster);
    const message: Shares = {
      ...this.#about(roster),
      seedDigest: toHex(dealt.seedDigest) as Bytes32,
      shareRoot: toHex(dealt.shareRoot) as Bytes32,
      ciphertextRoot: toHex(dealt.ciphertextRoot) as Bytes32,
    };
    return { ...this.#sign('Shares', message), ciphertexts: dealt.ciphertexts.map((text) => toHex(text)) };
  }

  /** @param unopened of whom it says that it can't open their shares */
  receive(roster: Roster, sharers: MemberSet, unopened: readonly number[]): Signed<Received> {
    return this.#sign('Received', {
      ...this.#about(roster),
      sharers: membersDigest(sharersNear(roster, this.memberIn(roster), sharers)),
      unopened: unopenedBitmap(unopened, roster.size),
    });
  }

  /** Zeros, unmasked: the liar has nothing to hide from itself. */
  input(roster: Roster, sharers: MemberSet): Readonly<{ envelope: Signed<Input>; vector: Uint8Array }> {
    const { parameters } = this.#of.job;
    const w = wordBits(parameters.bits, roster.size);
    const vector = pack(new Uint32Array(parameters.dimension), w);
    const message: Input = {
      ...this.#about(roster),
      sharers: membersDigest(sharers),
      inputRoot: toHex(inputRoot(vector, parameters, w)) as Bytes32,
    };
    return { envelope: this.#sign('Input', message), vector };
  }

  confirm(roster: Roster, sharers: MemberSet, inputs: readonly Signed<Input>[]): Signed<Confirm> {
    const survivors = agreedRoot(roster, inputs);
    return this.#sign('Confirm', { ...this.#about(roster), sharers: membersDigest(sharers), survivors });
  }

  abort(roster: Roster): Signed<Abort> {
    return this.#sign('Abort', { ...this.#about(roster), reason: 'attempt/ended' });
  }

  #about(roster: Roster) {
    const { job, round, attempt } = this.#of.expected;
    return { job, round, attempt, member: this.memberIn(roster), roster: roster.root };
  }

  #deal(roster: Roster): DealtShares {
    const { job, expected } = this.#of;
    return shareSecrets({
      binding: {
        context: contextOf(job.id, expected),
        roster: fromHex(roster.root),
        parameters: fromHex(expected.parameters),
        model: fromHex(expected.model),
      },
      member: this.memberIn(roster),
      seed: this.#seed,
      maskSecret: this.keys.mask.secret,
      channelSecret: this.keys.channel.secret,
      roster: roster.members,
      graph: roster.graph,
      rng: systemRng(),
    });
  }

  #sign<Message extends object>(type: PrimaryType, message: Message): Signed<Message> {
    return { message, signature: signTyped(this.#of.key, this.#of.job.id, type, message) };
  }
}
