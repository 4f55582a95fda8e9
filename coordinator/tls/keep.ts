/** Keeps a server's certificate as its files have it: taken for new connections, while those that there are go on. docs/tls.md */
import type { Server } from 'node:https';
import { factsOf, type Log } from '../driver/log.ts';
import { serialQueue } from '../driver/queue.ts';
import { watchFiles } from '../watched-files.ts';
import { readPair, type Pair, type TlsFiles } from './certificate.ts';

export type KeptCertificate = Readonly<{
  /** What a server is begun with. */
  first: Readonly<{ cert: string; key: string; minVersion: 'TLSv1.2' }>;
  /** From now on this server shows what the files have. */
  follow(server: Pick<Server, 'setSecureContext'>): void;
  /** Reads them again. What is wrong is logged, and the certificate stays as it was. */
  reload(): Promise<void>;
  close(): void;
}>;

const DAY_MILLIS = 86_400_000;
/** An authority that gives them for 90 days renews them with 30 left. */
const SOON_DAYS = 14;
/** For a file system that tells of no changes, and to say of a certificate that it ends. */
const LOOK_MILLIS = 6 * 3_600_000;

/** RFC 9325 §3.1.1 */
const minVersion = 'TLSv1.2';

/** @throws TributaryError `tls/…`: a coordinator does not start with what is no pair */
export async function keepCertificate(
  files: TlsFiles,
  log: Log,
  now: () => number = Date.now,
): Promise<KeptCertificate> {
  let pair = await readPair(files);
  let server: Pick<Server, 'setSecureContext'> | null = null;
  warn(pair, log, now());
  const inOrder = serialQueue();
  const reload = () =>
    inOrder(async () => {
      try {
        const next = await readPair(files);
        warn(next, log, now());
        if (next.cert === pair.cert && next.key === pair.key) return;
        server?.setSecureContext({ cert: next.cert, key: next.key, minVersion });
        pair = next;
        log.info({ ...files, ...factsOfPair(next) }, 'the TLS certificate changed');
      } catch (error) {
        log.error({ ...files, ...factsOf(error) }, 'the TLS certificate was not taken; the one before holds');
      }
    });
  const changed = () => void reload();
  const what = 'the TLS certificate';
  const unwatch = watchFiles({ paths: [files.cert, files.key], changed, what, log });
  const looking = setInterval(changed, LOOK_MILLIS);
  looking.unref();
  return {
    first: { cert: pair.cert, key: pair.key, minVersion },
    follow: (followed) => void (server = followed),
    reload,
    close() {
      unwatch();
      clearInterval(looking);
    },
  };
}

const factsOfPair = ({ fingerprint, validTo }: Pair) => ({ fingerprint, validTo: validTo.toISOString() });

/** Clients refuse it by themselves; whoever runs the service is to know before. */
function warn(pair: Pair, log: Log, now: number): void {
  const left = pair.validTo.getTime() - now;
  const facts = factsOfPair(pair);
  if (pair.validFrom.getTime() > now)
    log.warn({ ...facts, validFrom: pair.validFrom.toISOString() }, 'the TLS certificate is not valid yet');
  else if (left <= 0) log.warn(facts, 'the TLS certificate has expired: clients refuse it');
  else if (left < SOON_DAYS * DAY_MILLIS)
    log.warn(facts, `the TLS certificate expires in ${Math.ceil(left / DAY_MILLIS)} days`);
}
