/** Ephemeral X25519 keys, and the keys derived for one purpose, attempt and pair of members. protocol.md §3.3 */
import { platform } from '#platform';

import { concat, lp, toBigInt, u32, utf8 } from './bytes.ts';
import { type Context, encodeContext } from './context.ts';
import { TributaryError } from './error.ts';
import type { Rng } from './random.ts';
import { Secret } from './secret.ts';

export type KeyPair = Readonly<{ secret: Secret; publicKey: Uint8Array }>;

/** The two key pairs that a member makes for one attempt. */
export type EphemeralKeys = Readonly<{ channel: KeyPair; mask: KeyPair }>;

/** What a member's enrolment publishes; a list of them is indexed by member. */
export type MemberKeys = Readonly<{ channelKey: Uint8Array; maskKey: Uint8Array }>;

/** What every derived key is bound to: the attempt, and 32-byte digests of what its members agreed on. */
export type Binding = Readonly<{
  context: Context;
  roster: Uint8Array;
  parameters: Uint8Array;
  model: Uint8Array;
}>;

export type Purpose = 'self' | 'pair' | 'channel';

/** A member by its index and the one public key that the purpose uses. */
export type Party = Readonly<{ index: number; publicKey: Uint8Array }>;

/** A member that knows the private key. */
export type OwnParty = Party & Readonly<{ secret: Uint8Array }>;

const KEY_LENGTH = 32;
const NO_SALT = new Uint8Array(0);

/** The modulus of Curve25519's coordinates. */
const COORDINATE_ORDER = 2n ** 255n - 19n;

/** Two fresh key pairs. */
export function generateKeys(rng: Rng): EphemeralKeys {
  return { channel: keyPair(new Secret(rng.bytes(32))), mask: keyPair(new Secret(rng.bytes(32))) };
}

/** The pair of a given private key. */
export function keyPair(secret: Secret): KeyPair {
  return { secret, publicKey: platform.x25519(secret.reveal()).publicKey() };
}

/**
 * A private key as X25519 reads it (RFC 7748 §5), 32 bytes: five of its bits do not count, so one key has 32
 * spellings, of which this is the one that evidence holds. protocol.md §6.4
 */
export function clampedSecret(secret: Uint8Array): Uint8Array {
  const clamped = secret.slice();
  clamped[0] = (secret[0] ?? 0) & 0xf8;
  clamped[31] = ((secret[31] ?? 0) & 0x7f) | 0x40;
  return clamped;
}

/**
 * Refuses a public key with which no secret can be shared, or that is a second spelling of another key (so that
 * distinct keys are distinct). Whoever takes in an enrolment calls this: later, one such key would stop everyone.
 * @throws TributaryError `key/length`, `key/not-canonical`, `key/low-order`
 */
export function checkPublicKey(publicKey: Uint8Array): void {
  if (publicKey.length !== KEY_LENGTH) throw new TributaryError('key/length', 'an X25519 key has 32 bytes');
  if (toBigInt(publicKey.toReversed()) >= COORDINATE_ORDER) {
    throw new TributaryError('key/not-canonical', 'the key is not a reduced coordinate: make a new one');
  }
  platform.x25519(new Uint8Array(KEY_LENGTH).fill(1)).shared(publicKey);
}

/**
 * What HKDF and the AEAD are told a key is for.
 * @throws TributaryError `binding/digest` unless the three digests have 32 bytes, and as `encodeContext`
 */
export function info(purpose: Purpose, binding: Binding, extra: Uint8Array): Uint8Array {
  const { context, roster, parameters, model } = binding;
  if ([roster, parameters, model].some((digest) => digest.length !== 32)) {
    throw new TributaryError('binding/digest', 'roster root, parameters and model digest have 32 bytes each');
  }
  return concat(encodeContext(context), lp(utf8(purpose)), roster, parameters, model, extra);
}

/** The key of a member's self mask; `publicKey` is its mask key. */
export function selfMaskKey(binding: Binding, member: Party, seed: Uint8Array): Uint8Array {
  return derive(seed, info('self', binding, identity(member)));
}

/**
 * The keys of one member's pair masks with others, by the others' indices: the same from either side.
 * @throws TributaryError `key/low-order`
 */
export function pairMaskKeys(
  binding: Binding,
  own: OwnParty,
  peers: Iterable<Party>,
): Map<number, Uint8Array> {
  return new Map(eachPairMaskKey(binding, own, peers));
}

/** The same one by one, each worked out when it is asked for. @throws as `pairMaskKeys` */
export function eachPairMaskKey(
  binding: Binding,
  own: OwnParty,
  peers: Iterable<Party>,
): Generator<[number, Uint8Array], void> {
  return deriveWith(own, peers, (peer) => {
    const [first, second] = own.index < peer.index ? [own, peer] : [peer, own];
    return info('pair', binding, concat(identity(first), identity(second)));
  });
}

/** What a channel's key and its AEAD are bound to; public keys are channel keys, the sender's first. */
export function channelInfo(binding: Binding, sender: Party, recipient: Party): Uint8Array {
  return info('channel', binding, concat(identity(sender), identity(recipient)));
}

/** The keys under which one member encrypts to others. @throws TributaryError `key/low-order` */
export function sendingKeys(
  binding: Binding,
  own: OwnParty,
  peers: Iterable<Party>,
): Map<number, Uint8Array> {
  return new Map(deriveWith(own, peers, (peer) => channelInfo(binding, own, peer)));
}

/** The key under which another member encrypts to this one. @throws TributaryError `key/low-order` */
export function receivingKey(binding: Binding, own: OwnParty, sender: Party): Uint8Array {
  const shared = platform.x25519(own.secret).shared(sender.publicKey);
  return derive(shared, channelInfo(binding, sender, own));
}

function* deriveWith(
  own: OwnParty,
  peers: Iterable<Party>,
  purpose: (peer: Party) => Uint8Array,
): Generator<[number, Uint8Array], void> {
  const key = platform.x25519(own.secret);
  for (const peer of peers) yield [peer.index, derive(key.shared(peer.publicKey), purpose(peer))];
}

function derive(keyMaterial: Uint8Array, purpose: Uint8Array): Uint8Array {
  return platform.hkdfSha256(keyMaterial, NO_SALT, purpose, KEY_LENGTH);
}

function identity({ index, publicKey }: Party): Uint8Array {
  return concat(u32(index), publicKey);
}
