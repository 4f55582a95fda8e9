/** Error codes of the operations policy: what an operator lets its coordinator take on. docs/operations.md */
import type { ErrorEntries } from './entry.ts';

export const operationsErrors: ErrorEntries = {
  'operations/chain-not-accepted': {
    means: 'The operations policy names the chains that are accepted, and this one is not among them.',
    do: 'Start the coordinator on one of them, or add the chain id to `chains`.',
  },
  'operations/cohort-too-small': {
    means: "A job's terms allow a smaller cohort than the coordinator's operator does.",
    do: 'Launch with a larger --minimum-cohort, or ask the operator to lower `jobs.minimumCohort`.',
  },
  'operations/invalid': {
    means: 'The operations policy is not one; each line of the message says where and why.',
    do: 'Correct these lines; `tributary coordinator policy` reads the file again.',
  },
  'operations/too-many-jobs': {
    means: 'As many jobs are under way as the operator allows at once.',
    do: 'Nothing: the job is taken on when another ends. The operator may raise `jobs.active`.',
  },
  'operations/too-many-of-buyer': {
    means: "As many of this buyer's jobs are under way as the operator allows one buyer.",
    do: 'Nothing: the job is taken on when another of the same buyer ends. The operator may raise `quotas.jobs`.',
  },
  'operations/too-many-rounds': {
    means: 'The job has more rounds than the operator allows.',
    do: 'Launch fewer rounds, or ask the operator to raise `jobs.rounds`.',
  },
  'operations/too-many-seats': {
    means: 'The job has more seats than the operator allows.',
    do: 'Launch with fewer datasets, or ask the operator to raise `jobs.seats`.',
  },
  'operations/too-much-storage': {
    means: 'One round of the job needs more room than the operator gives all jobs, or one.',
    do: 'Launch a smaller model, or with fewer datasets, or ask the operator to raise `storage.jobBytes`.',
  },
  'operations/too-many-weights': {
    means: 'The model has more weights than the operator allows.',
    do: 'Launch a smaller model, or ask the operator to raise `jobs.weights`.',
  },
  'operations/unreadable': {
    means: 'The file of the operations policy can not be read, or is far too large.',
    do: 'Check its path and its mode.',
  },
};
