/** Keystores are opened by Node's own scrypt (RFC 7914), in less than half the time of ethers' JavaScript. */
import { scrypt as nodeScrypt } from 'node:crypto';
import { hexlify, scrypt } from 'ethers';

/** Bytes that Node's scrypt may take: 128 · r · (N + p), and a little for itself. */
const memory = (N: number, r: number, p: number): number => 2 * 128 * r * (N + p) + 2 ** 20;

/** May be called again. */
export function useNodeScrypt(): void {
  scrypt.register(
    (password, salt, N, r, p, length) =>
      new Promise((resolve, reject) => {
        nodeScrypt(password, salt, length, { N, r, p, maxmem: memory(N, r, p) }, (error, key) => {
          if (error) reject(error);
          else resolve(hexlify(key));
        });
      }),
  );
}
