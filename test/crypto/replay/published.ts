/** The primitives against what RFCs and NIST published. docs/protocol.md §3.1, §1.4 */
import { keccak_256 } from '@noble/hashes/sha3.js';
import { expect } from 'chai';

import { concat } from '#crypto/bytes.ts';
import { MerkleBuilder, merkleRoot } from '#crypto/merkle.ts';
import type { Platform } from '#crypto/platform/interface.ts';

import { codeOf } from '../refusal.ts';
import { at, bytes, digits, load, type Replay } from './load.ts';

type Cases<T> = { source: string; cases: T[] };
type Published = {
  sha256: Cases<{ data: string; digest: string }>;
  hkdf: Cases<{ keyMaterial: string; salt: string; info: string; length: number; okm: string }>;
  x25519: Cases<{ scalar: string; u: string; result: string }>;
  diffieHellman: Cases<Record<'privateA' | 'publicA' | 'privateB' | 'publicB' | 'shared', string>>;
  lowOrder: Cases<string>;
  aesBlocks: Cases<{ key: string; plaintext: string; ciphertext: string }>;
  aesCtr: Cases<{ key: string; counter: string; plaintext: string; ciphertext: string }>;
  aesGcm: Cases<Record<'key' | 'nonce' | 'aad' | 'plaintext' | 'sealed', string>>;
  ecRecover: Cases<Record<'digest' | 'signature' | 'address', string> & { yParity: 0 | 1 }>;
  merkle: { source: string; cases: { leaves: string[]; roots: string[] } };
};

const published = load('published.json') as Published;

/** The published vectors of the primitives, for one implementation of them. */
export function primitives(platform: Platform): Replay[] {
  return [
    each('SHA-256', published.sha256, ({ data, digest }) => {
      expect(digits(platform.sha256(bytes(data)))).to.equal(digest);
      const middle = 2 * Math.floor(data.length / 4);
      expect(digits(platform.sha256(bytes(data.slice(0, middle)), bytes(data.slice(middle))))).to.equal(
        digest,
      );
    }),
    each('HKDF', published.hkdf, ({ keyMaterial, salt, info, length, okm }) => {
      const derived = platform.hkdfSha256(bytes(keyMaterial), bytes(salt), bytes(info), length);
      expect(digits(derived)).to.equal(okm);
    }),
    each('X25519', published.x25519, ({ scalar, u, result }) => {
      expect(digits(platform.x25519(bytes(scalar)).shared(bytes(u)))).to.equal(result);
    }),
    each('X25519 agreement', published.diffieHellman, ({ privateA, publicA, privateB, publicB, shared }) => {
      const [a, b] = [platform.x25519(bytes(privateA)), platform.x25519(bytes(privateB))];
      expect(digits(a.publicKey())).to.equal(publicA);
      expect(digits(b.publicKey())).to.equal(publicB);
      expect(digits(a.shared(bytes(publicB)))).to.equal(shared);
      expect(digits(b.shared(bytes(publicA)))).to.equal(shared);
    }),
    each('X25519 of small order', published.lowOrder, (point) => {
      const key = platform.x25519(bytes(at(published.x25519.cases, 0).scalar));
      expect(codeOf(() => key.shared(bytes(point)))).to.equal('key/low-order');
    }),
    each('AES-256 blocks', published.aesBlocks, ({ key, plaintext, ciphertext }) => {
      expect(digits(platform.aesBlocks(bytes(key), bytes(plaintext)))).to.equal(ciphertext);
    }),
    each('AES-256-CTR', published.aesCtr, ({ key, counter, plaintext, ciphertext }) => {
      const text = bytes(plaintext);
      for (const cuts of [[64], [16, 48], [0, 5, 7, 20, 32], [1, 63], [33, 31]]) {
        const stream = platform.aesCtrStream(bytes(key), bytes(counter));
        const pieces = cuts.map((length) => stream.next(length));
        const encrypted = concat(...pieces).map((byte, i) => byte ^ at([...text], i));
        expect(digits(encrypted)).to.equal(ciphertext);
      }
    }),
    each('AES-256-GCM', published.aesGcm, (of) => {
      const [key, nonce, aad] = [bytes(of.key), bytes(of.nonce), bytes(of.aad)];
      expect(digits(platform.aesGcmSeal(key, nonce, bytes(of.plaintext), aad))).to.equal(of.sealed);
      expect(digits(platform.aesGcmOpen(key, nonce, bytes(of.sealed), aad))).to.equal(of.plaintext);
    }),
    each('recovery on secp256k1', published.ecRecover, ({ digest, signature, yParity, address }) => {
      const key = platform.recoverSecp256k1(bytes(digest), bytes(signature), yParity);
      expect(key && digits(keccak_256(key.subarray(1)).subarray(12))).to.equal(address);
    }),
  ];
}

/** The published Merkle roots. */
export function publishedTree(): Replay {
  return {
    name: published.merkle.source,
    run() {
      const leaves = published.merkle.cases.leaves.map(bytes);
      const builder = new MerkleBuilder();
      for (const [i, root] of published.merkle.cases.roots.entries()) {
        expect(digits(merkleRoot(leaves.slice(0, i + 1)))).to.equal(root);
        builder.push(at(leaves, i));
        expect(digits(builder.root())).to.equal(root);
      }
    },
  };
}

function each<T>(what: string, { source, cases }: Cases<T>, check: (of: T) => void): Replay {
  return { name: `${what}: ${source}`, run: () => cases.forEach(check) };
}
