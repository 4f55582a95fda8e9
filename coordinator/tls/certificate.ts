/** A certificate and its key, read from files and found to be a pair before any server shows them. docs/tls.md */
import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { TributaryError } from '#crypto/error.ts';

/** Paths of PEM files: the certificate with what leads to its authority, and its key without a password. */
export type TlsFiles = Readonly<{ cert: string; key: string }>;

export type Pair = Readonly<{
  cert: string;
  key: string;
  /** Of the server's own certificate. */
  fingerprint: string;
  validFrom: Date;
  validTo: Date;
}>;

/** A longer file holds no chain. */
const MOST_BYTES = 1024 * 1024;
/** Of a group the key may be (ssl-cert, as Debian has it); of everybody, it is no secret. */
const ANYBODY = 0o007;

/** @throws TributaryError `tls/unreadable`, `tls/exposed-key`, `tls/bad-certificate`, `tls/bad-key`, `tls/key-mismatch` */
export async function readPair({ cert: certPath, key: keyPath }: TlsFiles): Promise<Pair> {
  const [cert, key] = await Promise.all([textOf(certPath), secretOf(keyPath)]);
  const certificate = certificateIn(cert, certPath);
  if (!certificate.checkPrivateKey(keyIn(key, keyPath)))
    throw new TributaryError(
      'tls/key-mismatch',
      `the key in ${keyPath} is not that of the certificate in ${certPath}`,
    );
  const { fingerprint256: fingerprint, validFrom, validTo } = certificate;
  return { cert, key, fingerprint, validFrom: new Date(validFrom), validTo: new Date(validTo) };
}

async function textOf(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size <= MOST_BYTES) return await readFile(path, 'utf8');
  } catch (cause) {
    throw new TributaryError('tls/unreadable', `${path} can't be read: check its path and its mode`, {
      cause,
    });
  }
  throw new TributaryError('tls/unreadable', `${path} has more than ${MOST_BYTES} bytes`);
}

async function secretOf(path: string): Promise<string> {
  const text = await textOf(path);
  if (((await stat(path)).mode & ANYBODY) === 0) return text;
  throw new TributaryError('tls/exposed-key', `everybody on this machine may use ${path}: chmod o= ${path}`);
}

function certificateIn(text: string, path: string): X509Certificate {
  try {
    // The first one is the server's: what follows leads to its authority.
    return new X509Certificate(text);
  } catch (cause) {
    throw new TributaryError('tls/bad-certificate', `${path} begins with no certificate in PEM`, { cause });
  }
}

function keyIn(text: string, path: string): KeyObject {
  try {
    return createPrivateKey(text);
  } catch {
    // The cause could carry some of the key.
    throw new TributaryError('tls/bad-key', `${path} holds no private key in PEM, or one with a password`);
  }
}
