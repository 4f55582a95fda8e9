/**
 * The primitives that crypto/ is built on, implemented by the platform (node.ts) and by noble (portable.ts);
 * both pass the same vectors. protocol.md §3.1
 *
 * Keys, nonces and counters of another length are a programming error: each implementation throws.
 */

/** One X25519 private key, imported once and used against many public keys. */
export type X25519 = Readonly<{
  /** The public key that belongs to it, 32 bytes. */
  publicKey(): Uint8Array;
  /**
   * The shared secret with the holder of another key, 32 bytes.
   * @throws TributaryError `key/low-order` if it is all zero, as with a public key of small order
   */
  shared(publicKey: Uint8Array): Uint8Array;
}>;

/** A running AES-256-CTR keystream. */
export type KeyStream = Readonly<{
  /** The next `length` bytes, at the start of memory of their own: they may be read as words. */
  next(length: number): Uint8Array;
  /** Writes the next `target.length` bytes there: for long streams, which would leave much memory to collect. */
  fill(target: Uint8Array): void;
}>;

export type Platform = Readonly<{
  /** SHA-256 over the parts one after another. */
  sha256(...parts: Uint8Array[]): Uint8Array;
  /** HKDF with SHA-256, RFC 5869. */
  hkdfSha256(keyMaterial: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): Uint8Array;
  /** An X25519 key from its 32 private bytes, RFC 7748. */
  x25519(privateKey: Uint8Array): X25519;
  /** AES-256-GCM with a 12-byte nonce: ciphertext, then the 16-byte tag. SP 800-38D. */
  aesGcmSeal(key: Uint8Array, nonce: Uint8Array, plaintext: Uint8Array, aad: Uint8Array): Uint8Array;
  /** The plaintext. @throws TributaryError `cipher/forged` if key, nonce, aad or any byte differs */
  aesGcmOpen(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array, aad: Uint8Array): Uint8Array;
  /** AES-256-CTR from a 16-byte counter block, all 16 bytes of which count. SP 800-38A §6.5. */
  aesCtrStream(key: Uint8Array, counter: Uint8Array): KeyStream;
  /** AES-256 of each 16-byte block, in memory of its own: the CTR keystream at chosen counters. SP 800-38A §6.1. */
  aesBlocks(key: Uint8Array, blocks: Uint8Array): Uint8Array;
  /**
   * The public key whose ECDSA signature over secp256k1 this is: 65 bytes, uncompressed. SEC 1 §4.1.6
   *
   * @param digest 32 bytes; @param signature r and s, 32 bytes each; @param yParity of the point whose x is r
   * @returns null where it is no signature at all
   */
  recoverSecp256k1(digest: Uint8Array, signature: Uint8Array, yParity: 0 | 1): Uint8Array | null;
  /** Bytes from the system's secure generator. */
  randomBytes(length: number): Uint8Array;
}>;
