/** What a coordinator serves TLS with: flag over environment over tributary.yaml; both files of a pair from one of them, or neither. */
import { resolve } from 'node:path';
import type { TlsFiles } from '#coordinator/tls/certificate.ts';
import { TributaryError } from '#crypto/error.ts';
import { readSettingsFile, type Settings } from './settings.ts';

type TlsOptions = Readonly<{ tlsCert?: string; tlsKey?: string }>;

/** @returns null where nothing is named: then it serves without. @throws TributaryError `settings/tls` */
export function readTlsFiles(
  { home }: Pick<Settings, 'home'>,
  { tlsCert, tlsKey }: TlsOptions,
  env: NodeJS.ProcessEnv = process.env,
): TlsFiles | null {
  const written = readSettingsFile(home).tls;
  return (
    pairOf('--tls-cert and --tls-key', tlsCert, tlsKey) ??
    // An empty variable is an unset one.
    pairOf(
      'TRIBUTARY_TLS_CERT and TRIBUTARY_TLS_KEY',
      env['TRIBUTARY_TLS_CERT'] || undefined,
      env['TRIBUTARY_TLS_KEY'] || undefined,
    ) ??
    // What a flag or the environment names is meant from here, what the file names from the home.
    (written ? { cert: resolve(home, written.cert), key: resolve(home, written.key) } : null)
  );
}

function pairOf(names: string, cert: string | undefined, key: string | undefined): TlsFiles | null {
  if (cert === undefined && key === undefined) return null;
  if (cert !== undefined && key !== undefined) return { cert: resolve(cert), key: resolve(key) };
  throw new TributaryError('settings/tls', `of ${names} only one is given: give both`);
}
