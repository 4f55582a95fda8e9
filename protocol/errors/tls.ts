/** Error codes of what a coordinator serves by TLS, and of the URL at which it is reached. docs/tls.md */
import type { ErrorEntries } from './entry.ts';

export const tlsErrors: ErrorEntries = {
  'coordinator/bad-public-url': {
    means: 'What is to be the URL that clients reach the coordinator at is none.',
    do: 'Give `--public-url` as https://HOST, with a port and a path where there are any, and nothing else.',
  },
  'settings/tls': {
    means: 'Of certificate and key, only one is named.',
    do: 'Give both `--tls-cert` and `--tls-key`, or neither.',
  },
  'tls/bad-certificate': {
    means: 'The file begins with no certificate.',
    do: "Give a PEM file that begins with the server's own certificate; those that lead to its authority follow.",
  },
  'tls/bad-key': {
    means: 'The file holds no private key that can be read without a password.',
    do: 'Give the key as PEM; take its password away with `openssl pkey`.',
  },
  'tls/exposed-key': {
    means: 'Everybody on the machine may read or write the key of the certificate.',
    do: 'chmod 600 it, or 640 with a group of its own.',
  },
  'tls/key-mismatch': {
    means: 'The key is not that of the certificate.',
    do: 'Name the two files that were made together; a chain must begin with the server’s own certificate.',
  },
  'tls/unreadable': {
    means: 'A file of certificate or key can not be read, or is far too large.',
    do: "Check its path and that the coordinator's user may read it.",
  },
};
