/**
 * What secure aggregation can't be faster than here, on one core: the cipher and the key agreement alone, by Node's
 * OpenSSL, with nothing of ours.
 */
import { createCipheriv, diffieHellman, generateKeyPairSync, hkdfSync } from 'node:crypto';

const zeros = new Uint8Array(65_536);
const key = new Uint8Array(32).fill(7);
const info = new Uint8Array(250);
const [own, peer] = [generateKeyPairSync('x25519'), generateKeyPairSync('x25519')];

/** The keystream of so many masks, 4 bytes a weight, in pieces of 64 KiB. */
export function keystream(weights: number, masks: number): void {
  for (let mask = 0; mask < masks; mask++) {
    const cipher = createCipheriv('aes-256-ctr', key, zeros.subarray(0, 16));
    for (let left = 4 * weights; left > 0; left -= zeros.length) {
      cipher.update(left < zeros.length ? zeros.subarray(0, left) : zeros);
    }
  }
}

/** So many X25519 of keys that are imported already. */
export function agreements(pairs: number): void {
  for (let i = 0; i < pairs; i++) diffieHellman({ privateKey: own.privateKey, publicKey: peer.publicKey });
}

/** So many keys by HKDF, and so many small messages under AES-256-GCM. */
export function channels(peers: number): void {
  for (let i = 0; i < peers; i++) {
    hkdfSync('sha256', key, '', info, 32);
    const cipher = createCipheriv('aes-256-gcm', key, zeros.subarray(0, 12)).setAAD(info);
    cipher.update(info);
    cipher.final();
    cipher.getAuthTag();
  }
}
