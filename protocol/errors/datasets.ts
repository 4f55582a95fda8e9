/** Error codes of owners' data: files, descriptors, policies, the sample. protocol.md §6.1 */
import type { ErrorEntries } from './entry.ts';

export const datasetErrors: ErrorEntries = {
  'commitment/salt': {
    means: "A dataset's salt has not 32 bytes.",
    do: 'Use the salt from the home in which the dataset was registered.',
  },
  'data/bad-label': {
    means: "A label is missing, or none of the label's classes.",
    do: 'Correct the row, or remove it.',
  },
  'data/bad-row': {
    means: 'A row is no CSV or JSON, has missing fields, or a field that is no number or no text.',
    do: 'Correct the row, or remove it.',
  },
  'data/bad-scale': {
    means: "The recipe's centres and scales can not be used with the dataset.",
    do: 'Give every column a finite centre and a scale above 0.',
  },
  'data/duplicate-column': { means: 'Two columns have the same name.', do: 'Rename one.' },
  'data/empty': { means: 'The CSV file is empty.', do: 'Give a file whose first line names the columns.' },
  'data/exists': {
    means: 'A file that should be written is there already.',
    do: 'Name another file, or move it away.',
  },
  'data/missing-column': {
    means: 'The data lack a column that the schema or the recipe names.',
    do: "Name the file's columns, or correct its first line.",
  },
  'data/missing-value': {
    means: 'A row lacks a value that the schema or the recipe asks for.',
    do: 'Fill it in, remove the row, or let the schema say that values may be missing.',
  },
  'data/not-finite': {
    means: 'A value is not finite, or does not fit float32 after scaling.',
    do: 'Correct the row, or remove it.',
  },
  'data/other-classes': {
    means: "The dataset's label has a class that the recipe does not know.",
    do: 'Leave the dataset out, or name its classes in the recipe.',
  },
  'data/other-rows': {
    means: 'The file is not what the dataset was registered with.',
    do: 'Use the same file and salt, or register anew.',
  },
  'data/other-type': {
    means: 'A column or the label has another type than the recipe takes it for.',
    do: 'Leave the dataset out, or change the recipe.',
  },
  'data/out-of-bounds': {
    means: "A value lies outside its column's public bounds.",
    do: "Correct the row, or widen the schema's bounds.",
  },
  'data/scratch': {
    means: 'Encoded rows do not fit into memory, and not into their scratch file either.',
    do: "Free space in the folder that the message names, or raise the client's memory limit.",
  },
  'data/too-few-rows': { means: 'There are too few rows for a dataset.', do: 'Add rows.' },
  'data/too-many-columns': {
    means: 'A file has more columns than a schema may have.',
    do: 'Leave some out with --leave-out.',
  },
  'data/unknown-word': {
    means: "A value is none of the words that the column's or the recipe's vocabulary has.",
    do: 'Correct the row, or add the word.',
  },
  'data/unreadable': {
    means: 'The data file can not be read.',
    do: 'Check its path, permissions and packing.',
  },
  'data/unwritable': {
    means: 'A file can not be written.',
    do: 'Check its folder and permissions.',
  },
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
  'inspect/no-label': {
    means: 'The label is neither a number nor one of a few classes.',
    do: 'Name another column with --label.',
  },
  'inspect/warnings': {
    means: 'A file has columns that should not be offered, or rows that can not be.',
    do: 'Use --leave-out, correct the file, write a schema of your own, or give --accept-warnings.',
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
    do: 'Take the file that the message names from the repository.',
  },
  'sample/fraction': { means: 'The held-out fraction is not between 0 and 1.', do: 'Choose one in between.' },
  'sample/owners': {
    means: 'The sample can not be dealt to that many owners.',
    do: 'Choose 1 to as many as the rarer label has rows.',
  },
  'schema/invalid': {
    means: 'A part of a schema is not as it should be.',
    do: 'Correct the part that the message names.',
  },
  'schema/none': {
    means: 'Nothing says what the columns of the file are.',
    do: 'Give --schema, or --label alone.',
  },
  'schema/unreadable': {
    means: 'The schema file can not be read, or is no JSON or YAML.',
    do: 'Write one with "tributary owner inspect --write".',
  },
  'split/fraction': { means: 'The held-out fraction is not between 0 and 1.', do: 'Choose one in between.' },
  'split/one-side': {
    means: 'One part of a split would get no row.',
    do: 'Take another seed or fraction, or more rows.',
  },
};
