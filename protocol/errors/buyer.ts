/** Error codes of a buyer: quotes, launches, models and refunds. protocol.md §5 */
import type { ErrorEntries } from './entry.ts';

export const buyerErrors: ErrorEntries = {
  'agent/bad-goal': {
    means: 'The cap, the target or the tries of an agent are out of range.',
    do: 'Correct what the message names.',
  },
  'buyer/no-such-round': { means: 'The round is not settled.', do: 'Ask for one that is.' },
  'buyer/nothing-settled': { means: 'No round of the job is settled yet.', do: 'Wait for one.' },
  'buyer/units-not-owned': {
    means: 'The buyer holds fewer units than the job needs.',
    do: 'Buy them first.',
  },
  'catalogue/unknown-dataset': {
    means: 'The dataset is not for sale, or its descriptor can not be read.',
    do: 'Name one that buyer datasets lists.',
  },
  'choice/budget-too-small': {
    means: 'The budget does not reach as many owners as a sum needs.',
    do: 'Raise it, or run fewer rounds.',
  },
  'choice/left-out': {
    means: 'A dataset that was named can not take part.',
    do: 'Leave it out, or change the terms as the message says.',
  },
  'choice/no-datasets': {
    means: 'Too few owners would train this model together, at any price.',
    do: 'See buyer datasets, or change the model, its columns or its coordinator.',
  },
  'choice/no-rounds': {
    means: 'Neither rounds nor a budget say how long to train.',
    do: 'Give --rounds or --budget.',
  },
  'design/bad-recipe': {
    means: 'The options make no recipe that the protocol allows.',
    do: 'Correct the option that the message names.',
  },
  'design/image-shape': {
    means: 'The columns are not the numbers of the image.',
    do: 'Give --image as HxWxC, at least 4x4, or --columns.',
  },
  'design/no-bounds': {
    means: 'An owner publishes no bounds of a column.',
    do: 'Give --held-out, to scale by your own rows.',
  },
  'design/no-vocabulary': {
    means: 'No words are known for a text model.',
    do: 'Give --vocabulary or --held-out.',
  },
  'design/one-text': {
    means: 'A text model reads one column, and several are chosen.',
    do: 'Name one with --columns.',
  },
  'launch/bad-file': {
    means: 'A file of a launch can not be read.',
    do: 'Check its name and what is in it.',
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
  'launch/bad-options': {
    means: 'Options of a launch contradict each other, or one is missing.',
    do: 'Give one of --template, --model and --recipe, and what goes with it.',
  },
  'launch/no-record': { means: 'The home has no launch of this name.', do: 'Give a plan.' },
  'launch/not-confirmed': { means: 'The quote was not agreed to.', do: 'Answer yes, or give --yes.' },
  'launch/other-columns': {
    means: 'A dataset has other columns than the recipe names.',
    do: 'Leave it out, or change the recipe.',
  },
  'launch/other-coordinator': {
    means: 'Another coordinator than the one meant answers at the URL.',
    do: 'Correct the URL, the address or the deployment.',
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
  'launch/round-timeout-too-short': {
    means:
      'A sparse round could be aborted by anyone before its graph is drawn and its survivors stand on chain.',
    do: 'Give a longer --round-timeout: what the message says, and the time of the phases beside it.',
  },
  'launch/same-owner': {
    means: 'Two datasets have one owner, which takes one seat in a round.',
    do: 'Keep one of them.',
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
  'quote/changed': {
    means: 'What is for sale is not what was quoted any more; nothing was bought.',
    do: 'Ask for a new quote.',
  },
  'quote/duplicate-dataset': { means: 'A dataset is named twice.', do: 'Name each once.' },
  'quote/no-datasets': { means: 'No dataset is named.', do: 'Name at least one.' },
  'quote/no-offer': {
    means: 'A dataset is not for sale.',
    do: 'Leave it out, or ask its owner for an offer.',
  },
  'quote/over-limit': {
    means: 'The cost is above what may be spent.',
    do: 'Run fewer rounds, or allow more.',
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
