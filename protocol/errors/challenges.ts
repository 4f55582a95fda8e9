/** Error codes of challenging a posted round. protocol.md §5.6 */
import type { ErrorEntries } from './entry.ts';

export const challengeErrors: ErrorEntries = {
  'challenge/bond-too-high': {
    means: 'A posted round is false, and the bond of its dispute is over the limit that was given.',
    do: 'Give a higher --max-bond, or challenge it from another account: tributary dispute challenge.',
  },
  'challenge/no-funds': {
    means: 'A posted round is false, and the account that watches has not the bond or no gas.',
    do: 'Fund the account: it tries again while the window is open; or challenge from another one: tributary dispute challenge.',
  },
  'challenge/off': {
    means: 'A posted round is false, and challenges are switched off here.',
    do: 'Challenge it by hand before it is final: tributary dispute challenge.',
  },
  'challenge/too-late': {
    means: 'A posted round is false, and its window was over before it could be challenged.',
    do: 'Nothing voids it any more: audit the job, and deal with its coordinator no longer.',
  },
};
