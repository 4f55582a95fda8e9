/** Error codes of the coordinator: its interface, its database, and disks. protocol.md §4.1 */
import type { ErrorEntries } from './entry.ts';

export const coordinatorErrors: ErrorEntries = {
  'coordinator/attempt-lost': {
    means: "The escrow holds survivors of an attempt that the coordinator's folder does not know.",
    do: "Restore the coordinator's folder: the round is settled by that attempt or by none.",
  },
  'coordinator/bad-answer': {
    means: 'The coordinator answered what the protocol does not allow.',
    do: "Check that the URL is the coordinator's and that both run the same version.",
  },
  'coordinator/internal': {
    means: 'The coordinator failed.',
    do: "Send the request again; if it fails again, ask the operator to look for the request's id in the log.",
  },
  'coordinator/evidence-gone': {
    means: "A challenged round is not defended: the coordinator can't show its evidence any more.",
    do: "Restore the coordinator's folder before the dispute's deadline, or let the round be voided.",
  },
  'coordinator/no-bond': {
    means: "A challenged round can't be defended: the coordinator's account lacks the bond.",
    do: "Send it as much of the payment token as the message says before the dispute's deadline; nothing else is to be done.",
  },
  'coordinator/other-posting': {
    means: 'The chain holds another posting of the round than this coordinator makes.',
    do: 'Find out who else has its key. It posts its own once a dispute voids that one; if none does, the job fails.',
  },
  'coordinator/port-taken': { means: 'The port is in use.', do: 'Choose another.' },
  'coordinator/posting-differs': {
    means: "A challenged round is not defended: what is posted is not what the coordinator's evidence gives.",
    do: 'Find out who posted it: another process with its key, or --lie. The round is posted truly once it is void.',
  },
  'coordinator/round-lost': {
    means:
      'A void round can not be posted again: the folder does not know what was settled. It is never aggregated anew.',
    do: "Restore the coordinator's folder before the job's cutoff; otherwise the job ends there.",
  },
  'coordinator/round-not-posted': {
    means: 'A void round can not be posted again: the escrow refuses it for good.',
    do: 'Read why in the message: the job is over, or the account is not its coordinator any more.',
  },
  'coordinator/unreachable': {
    means: 'The coordinator gave no answer.',
    do: 'Check that it runs and that the URL reaches it.',
  },
  'database/bad-url': {
    means: 'What names the PostgreSQL server is no URL of one.',
    do: 'Write postgres://USER:PASSWORD@HOST:PORT/NAME in DATABASE_URL or tributary.yaml.',
  },
  'database/damaged': {
    means: "A job has lost its attempt in the coordinator's database.",
    do: "Restore the coordinator's folder.",
  },
  'database/locked': {
    means: 'Another process uses the folder.',
    do: 'Stop that coordinator, or choose another folder.',
  },
  'database/newer': { means: 'The database was written by a later version.', do: 'Update the program.' },
  'database/not-made': {
    means: 'The embedded database can not be made.',
    do: 'Free memory and disk space, a gigabyte of each, and start again; or name a PostgreSQL server by DATABASE_URL.',
  },
  'database/older': {
    means: 'The database was written by an earlier version, and this command brings none up to date.',
    do: 'Use the version that wrote it, or start this one on it first.',
  },
  'database/other-blobs': {
    means: 'The coordinators of this database keep masked inputs and evidence in another folder.',
    do: 'Give all of them the same --blobs. Where that folder is lost for good: update coordinator set blobs = null.',
  },
  'database/other-coordinator': {
    means: "The database holds another coordinator's jobs, or those of another escrow.",
    do: 'Give each account and deployment a database of its own; coordinators that share one have the same key.',
  },
  'database/refused': {
    means:
      'The PostgreSQL server refuses the user, its password or the database, or TLS is not as the URL asks for.',
    do: 'Check DATABASE_URL, its sslmode, and that the user may make tables in that database.',
  },
  'database/unreachable': {
    means: 'The PostgreSQL server gives no answer now.',
    do: 'Send the same again; its operator looks at the server, and at the network between.',
  },
  'database/unsuitable': {
    means: 'The PostgreSQL server or database is not one that a coordinator can trust its records to.',
    do: 'Do what the message says: a primary, version 14 or later, in UTF8, with fsync and synchronous_commit on.',
  },
  'request/headers-too-large': {
    means: 'The headers are larger than 16 KiB.',
    do: 'Send fewer or shorter ones: no message of the protocol needs as many.',
  },
  'request/malformed': { means: 'The request can not be read.', do: 'Send JSON as the protocol says.' },
  'request/method-not-allowed': {
    means: 'The path takes no such method.',
    do: 'Use one of those that the answer names in `Allow`.',
  },
  'request/not-acceptable': {
    means: 'The request accepts nothing that the operation answers with.',
    do: 'Leave `Accept` out, or name the media type that the API document says.',
  },
  'request/schema': {
    means: 'A part of the request is not what the protocol says.',
    do: 'Correct the part that the message names.',
  },
  'request/too-large': {
    means: 'The body is larger than any message of the protocol.',
    do: 'Send a message of the protocol.',
  },
  'request/unknown-route': {
    means: 'There is no such route.',
    do: 'Check the path and the version of the coordinator.',
  },
  'request/unsupported-type': {
    means: 'The body is of a media type, a charset or an encoding that the operation does not take.',
    do: 'Send what the API document says: JSON, plain or gzipped, or the bytes themselves.',
  },
  'storage/full': {
    means: 'A disk is full and nothing was kept.',
    do: 'Make room, then send the same or run the command again.',
  },
  'storage/unreadable': { means: 'A file can not be read.', do: 'Check its permissions.' },
  'storage/unwritable': { means: 'A file can not be written.', do: "Check the home's permissions." },
  'storage/vector-damaged': {
    means: "An input on the coordinator's disk is not what was received.",
    do: "Restore the coordinator's folder.",
  },
  'storage/vector-missing': {
    means: "An input is gone from the coordinator's disk.",
    do: "Restore the coordinator's folder.",
  },
};
