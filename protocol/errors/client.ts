/** Error codes of an owner's client: its home and journal, the terms it accepts, its pay. protocol.md §4, §5.2 */
import type { ErrorEntries } from './entry.ts';

export const clientErrors: ErrorEntries = {
  'claim/no-leaves': {
    means: 'No leaves that can be found hash to the payout root on chain.',
    do: 'Ask another participant for them, and audit the job.',
  },
  'claim/no-seat': {
    means: 'The dataset has no seat in the job.',
    do: 'Check the number of the job and the dataset.',
  },
  'client/locked': {
    means: 'Another process runs a client in this home.',
    do: 'Stop it first, or give this one another home.',
  },
  'history/other-payouts': {
    means: 'The last settled round pays other amounts than were earned.',
    do: 'Nothing: the client challenges the round, and goes on if it is voided; where it stands, audit the job.',
  },
  'history/other-than-attested': {
    means: 'A round was settled with other results than this client attested.',
    do: 'Nothing: the client checks the round, and goes on if it is right or voided; else it leaves the job.',
  },
  'journal/behind': {
    means:
      'The coordinator shows an input that this client signed and its journal does not hold: an older home was put back.',
    do: 'Stop the client and put nothing back; where the newest home is lost, let the jobs end before a fresh one starts.',
  },
  'journal/damaged': {
    means: 'A file of the journal is not what the client wrote.',
    do: 'Restore nothing, for an old copy forgets what was sent; ask for advice.',
  },
  'journal/decided': {
    means: 'A decision that is journalled was to be changed.',
    do: 'Run one client in a home; if one does, report it.',
  },
  'journal/erased': {
    means: 'The secrets of the attempt were erased.',
    do: 'Nothing: the client takes part in the next attempt.',
  },
  'journal/unreadable': {
    means: 'A sealed file was written with another operator key, or is damaged.',
    do: 'Use the operator key that this home was made with.',
  },
  'journal/unwritable': {
    means: 'The journal can not be written, and nothing was sent.',
    do: "Check the home's permissions and disk.",
  },
  'terms/no-seat': {
    means: 'The job has no seat for the dataset.',
    do: 'Nothing: the client leaves the job alone.',
  },
  'terms/no-units-left': {
    means: 'All units of the seat are earned, and another round would not be paid.',
    do: 'Nothing: the seat has done its part of the job.',
  },
  'terms/other-descriptor': {
    means: 'The job speaks of another descriptor than the dataset has on chain.',
    do: 'Nothing: the client leaves the job alone; the buyer launches it anew.',
  },
  'terms/other-initial-model': {
    means: 'The initial model is not the one that the seed gives.',
    do: 'Nothing: the client leaves the job alone; the buyer launches it anew.',
  },
  'terms/other-operator': {
    means: 'The seat was sold for another operator than this client.',
    do: 'Run the client with the operator key that the seat names.',
  },
  'terms/other-weight': {
    means: 'The job weighs the dataset otherwise than its descriptor says.',
    do: 'Nothing: the client leaves the job alone; the buyer launches it anew.',
  },
  'view/other-attempt': {
    means: 'The coordinator answered for another job, round or attempt.',
    do: "Don't go along; ask the coordinator's operator why.",
  },
  'view/other-model': {
    means: 'The coordinator shows another model than the settled rounds give.',
    do: "Don't go along; ask the coordinator's operator why.",
  },
  'view/other-terms': {
    means: 'The coordinator runs other terms than the job has on chain.',
    do: "Don't go along; ask the coordinator's operator why.",
  },
};
