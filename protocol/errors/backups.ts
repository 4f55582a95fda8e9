/** Error codes of a coordinator's backups. docs/operations.md */
import type { ErrorEntries } from './entry.ts';

export const backupErrors: ErrorEntries = {
  'backup/blob-missing': {
    means: "A row points at an input or evidence that is not in the coordinator's place for them.",
    do: "Restore the coordinator's folder; `--incomplete` takes the backup all the same and says what it lacks.",
  },
  'backup/damaged': {
    means: 'The backup is not what was taken: the message names the first file or row that is not right.',
    do: 'Use another copy of it, or an earlier backup.',
  },
  'backup/exists': {
    means: 'There is something under the name of the new backup.',
    do: 'Name another folder.',
  },
  'backup/in-use': {
    means: 'A coordinator is connected to the database that is to be restored.',
    do: 'Stop all coordinators of that database, then restore.',
  },
  'backup/newer': {
    means: 'The backup was taken by a later version of the program.',
    do: 'Update the program, then restore.',
  },
  'backup/not-empty': {
    means: 'There is something already where the backup would go.',
    do: 'Name an empty home or database; `--replace` loses what is there.',
  },
  'backup/not-one': {
    means: 'The folder is no backup.',
    do: 'Name the folder that `coordinator backup` made.',
  },
  'backup/nothing': {
    means: 'There are no records of a coordinator to back up.',
    do: 'Check --home and DATABASE_URL.',
  },
  'backup/stopped': {
    means: 'It was stopped before its end. Of a backup nothing is left; of a restore no row was changed.',
    do: 'Run the command again.',
  },
};
