/** Error codes of what an operator does to a coordinator that runs: draining it, rotating its secrets. docs/rotation.md */
import type { ErrorEntries } from './entry.ts';

export const controlErrors: ErrorEntries = {
  'control/not-confirmed': {
    means: 'Nobody said that the secrets are to be rotated.',
    do: 'Answer the question, or give --yes.',
  },
  'control/not-running': {
    means: 'No coordinator of this home runs on this machine.',
    do: 'Give the --home of the one that is meant, on its machine and as its user.',
  },
  'control/path': {
    means: "The home's path is too long for a socket: the coordinator runs, but can't be commanded.",
    do: 'Move the home to a shorter path, or lead there by a link and name that.',
  },
  'control/refused': {
    means: 'What came to the socket of a coordinator is no command of it.',
    do: 'Use the version of the command that the coordinator is of.',
  },
  'control/rotation': {
    means: 'The options of a rotation exclude one another.',
    do: 'Give --now or --keep-days.',
  },
  'control/taken': {
    means: 'Two coordinators of one home run on this machine; the first one is the one that is commanded.',
    do: 'Give each a home of its own.',
  },
  'control/unreachable': {
    means: 'The coordinator of this home does not answer on its socket.',
    do: "Run the command as the coordinator's user; look whether the process hangs.",
  },
  'coordinator/alone': {
    means: 'Jobs can not be handed over: no other coordinator serves the database.',
    do: 'Start another one first, or drain without handing over and wait.',
  },
  'coordinator/draining': {
    means: 'The coordinator is drained, and nobody needs it any more.',
    do: 'Send requests elsewhere; it may be stopped.',
  },
  'launch/draining': {
    means: 'The coordinator takes on no job now: its operator drains it.',
    do: 'Launch with another one, or later.',
  },
  'operations/draining': {
    means: 'The coordinator is drained: it takes on no job.',
    do: 'Nothing, where others of the account run; else `tributary coordinator drain --undo`.',
  },
};
