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
    do: 'Ask its operator to read its log; the request may be sent again.',
  },
  'coordinator/port-taken': { means: 'The port is in use.', do: 'Choose another.' },
  'coordinator/unreachable': {
    means: 'The coordinator gave no answer.',
    do: 'Check that it runs and that the URL reaches it.',
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
  'request/malformed': { means: 'The request can not be read.', do: 'Send JSON as the protocol says.' },
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
