/** Certificates of a private authority, made for a test. */
import { chmod, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import type { TlsFiles } from '#coordinator/tls/certificate.ts';

export type Made = Readonly<{ cert: string; key: string }>;

/** Valid for 127.0.0.1 and localhost, from now on unless said otherwise. */
export async function certificate(
  name: string,
  { from = 0, days = 60, ca = null as Made | null } = {},
): Promise<Made> {
  const at = (offset: number) => new Date(Date.now() + offset * 86_400_000);
  const pems = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: at(from),
    notAfterDate: at(from + days),
    ...(ca && { ca }),
    extensions: [
      ca
        ? {
            name: 'subjectAltName',
            altNames: [
              { type: 2, value: 'localhost' },
              { type: 7, ip: '127.0.0.1' },
            ],
          }
        : { name: 'basicConstraints', cA: true },
    ],
  });
  return { cert: `${pems.cert}\n`, key: `${pems.private}\n` };
}

/** Puts both in place as renewals do it: each file replaced as a whole. */
export async function install(folder: string, { cert, key }: Made): Promise<TlsFiles> {
  const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  for (const [path, text] of [
    [files.key, key],
    [files.cert, cert],
  ] as const) {
    await writeFile(`${path}.new`, text);
    await chmod(`${path}.new`, 0o600);
    await rename(`${path}.new`, path);
  }
  return files;
}
