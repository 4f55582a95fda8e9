/** Error codes of a buyer: quotes, launches, models and refunds. protocol.md §5 */
import type { ErrorEntries } from './entry.ts';

export const buyerErrors: ErrorEntries = {
  'buyer/no-such-round': { means: 'The round is not settled.', do: 'Ask for one that is.' },
  'buyer/nothing-settled': { means: 'No round of the job is settled yet.', do: 'Wait for one.' },
  'buyer/units-not-owned': {
    means: 'The buyer holds fewer units than the job needs.',
    do: 'Buy them first.',
  },
  'launch/bad-name': {
    means: 'The text can not name a launch.',
    do: 'Use lower-case letters, digits and dashes.',
  },
  'launch/bad-plan': {
    means: 'A field of the plan is not as it should be.',
    do: 'Correct what the message names.',
  },
  'launch/damaged-record': {
    means: 'The file is not a launch record.',
    do: 'Restore it, or see on chain what became of the job.',
  },
  'launch/job-over': {
    means: 'The job was cancelled or closed meanwhile.',
    do: 'Launch another under another name.',
  },
  'launch/model-features': {
    means: 'The model takes another number of features than the recipe names.',
    do: 'Correct one of them.',
  },
  'launch/no-record': { means: 'The home has no launch of this name.', do: 'Give a plan.' },
  'launch/other-columns': {
    means: 'A dataset has other columns than the recipe names.',
    do: 'Leave it out, or change the recipe.',
  },
  'launch/other-deployment': {
    means: 'The launch of this name is of another account or deployment.',
    do: 'Use that account and deployment, or another name.',
  },
  'launch/other-plan': {
    means: 'The launch of this name has another plan.',
    do: 'Go on with that one, or choose another name.',
  },
  'launch/pending-transaction': {
    means: 'Transactions of the account wait to be mined.',
    do: 'Run the command again when they are.',
  },
  'launch/refused-by-policy': {
    means: 'The owner of a dataset would not take part.',
    do: 'Leave it out, or change the terms.',
  },
  'launch/too-few-datasets': { means: 'There are fewer datasets than the minimum cohort.', do: 'Add some.' },
  'launch/too-many-datasets': {
    means: 'There are more datasets than a job can have.',
    do: 'Leave some out.',
  },
  'quote/balance-too-low': {
    means: 'The account holds less than is to be paid.',
    do: 'Fund it with the payment token.',
  },
  'quote/duplicate-dataset': { means: 'A dataset is named twice.', do: 'Name each once.' },
  'quote/no-datasets': { means: 'No dataset is named.', do: 'Name at least one.' },
  'quote/no-offer': {
    means: 'A dataset is not for sale.',
    do: 'Leave it out, or ask its owner for an offer.',
  },
  'quote/rounds': { means: 'The number of rounds is not from 1 to 65,535.', do: 'Choose one in that range.' },
  'quote/sold-out': {
    means: 'No offer of a dataset has enough units left.',
    do: 'Ask its owner for a new offer, or run fewer rounds.',
  },
  'refund/nothing-settled': {
    means: 'No round of the job was settled, so there are no leaves to refund by.',
    do: 'Close or cancel it: that credits everything.',
  },
  'refund/other-payouts': {
    means: 'The last round was settled with other payouts than were earned.',
    do: 'Audit the job.',
  },
};
