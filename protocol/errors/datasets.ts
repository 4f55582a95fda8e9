/** Error codes of owners' data: files, descriptors, policies, the sample. protocol.md §6.1 */
import type { ErrorEntries } from './entry.ts';

export const datasetErrors: ErrorEntries = {
  'commitment/salt': {
    means: "A dataset's salt has not 32 bytes.",
    do: 'Use the salt from the home in which the dataset was registered.',
  },
  'data/bad-label': { means: 'A label is neither 0 nor 1.', do: 'Correct the row, or remove it.' },
  'data/bad-row': {
    means: 'A row is no CSV, has missing fields, or a field that is no number.',
    do: 'Correct the row, or remove it.',
  },
  'data/bad-scale': {
    means: "The recipe's centres and scales can not be used with the dataset.",
    do: 'Give every column a finite centre and a scale above 0.',
  },
  'data/duplicate-column': { means: 'Two columns have the same name.', do: 'Rename one.' },
  'data/empty': { means: 'The CSV file is empty.', do: 'Give a file whose first line names the columns.' },
  'data/missing-column': {
    means: 'The data lack a column that the schema or the recipe names.',
    do: "Name the file's columns, or correct its first line.",
  },
  'data/not-finite': {
    means: 'A value is not finite, or does not fit float32 after scaling.',
    do: 'Correct the row, or remove it.',
  },
  'data/other-rows': {
    means: 'The file is not what the dataset was registered with.',
    do: 'Use the same file and salt, or register anew.',
  },
  'data/too-few-rows': { means: 'There are too few rows for a dataset.', do: 'Add rows.' },
  'data/unreadable': { means: 'The data file can not be read.', do: 'Check its path and permissions.' },
  'descriptor/invalid': {
    means: 'A field of a descriptor is not as it should be.',
    do: 'Correct the field that the message names.',
  },
  'descriptor/not-canonical': {
    means: 'A descriptor differs from how its content is written.',
    do: 'Have its owner publish it again with Tributary.',
  },
  'descriptor/not-json': { means: 'A descriptor is not JSON.', do: 'Check its CID.' },
  'descriptor/too-big': {
    means: 'A descriptor is larger than allowed.',
    do: 'Shorten its description or lists.',
  },
  'policy/cohort-too-small': {
    means: "Fewer owners that the dataset's owner vouches for take part than the policy asks for.",
    do: 'Nothing: the client waits for a larger cohort; or the owner names more peers.',
  },
  'policy/coordinator-not-allowed': {
    means: 'The policy does not allow the coordinator of the job.',
    do: 'Choose a coordinator that the policy names, or leave the dataset out.',
  },
  'policy/invalid': {
    means: 'A policy has a field that can not be kept.',
    do: 'Correct the field that the message names.',
  },
  'policy/layer-not-allowed': {
    means: 'The policy does not allow a kind of layer in the model.',
    do: 'Use layers that the policy names, or leave the dataset out.',
  },
  'policy/no-dataset': {
    means: 'The terms name no dataset for a seat of the job.',
    do: 'Do not trust the job: its terms and its seats differ.',
  },
  'policy/other-descriptor': {
    means: 'The terms link another descriptor than the registry holds.',
    do: "Do not trust the job: its policies are not the owners'.",
  },
  'policy/price-too-low': {
    means: 'The job pays less a round than the policy asks for.',
    do: 'Pay the minimum price, or leave the dataset out.',
  },
  'policy/too-many-rounds': {
    means: 'The job has more rounds than the policy allows.',
    do: 'Run fewer rounds, or leave the dataset out.',
  },
  'sample/constant-column': {
    means: 'A column of the sample does not vary and can not be scaled.',
    do: 'Use more rows, or leave the column out.',
  },
  'sample/damaged': {
    means: 'The sample file is not as it was published.',
    do: 'Take wdbc.csv from the repository.',
  },
  'sample/fraction': { means: 'The held-out fraction is not between 0 and 1.', do: 'Choose one in between.' },
  'sample/owners': {
    means: 'The sample can not be dealt to that many owners.',
    do: 'Choose 1 to as many as the rarer label has rows.',
  },
};
