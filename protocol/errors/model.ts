/** Error codes of models, recipes and the job's terms. protocol.md §6.2, §6.3 */
import type { ErrorEntries } from './entry.ts';

export const modelErrors: ErrorEntries = {
  'job/bad-id': { means: 'The text is no job.', do: 'Write chain:escrow/number.' },
  'job/differs-from-chain': {
    means: "A job's terms and the chain disagree.",
    do: "Don't take part; the buyer launches the job anew.",
  },
  'job/elsewhere': {
    means: 'The job is of another chain or escrow than the deployment record.',
    do: "Give that deployment's record.",
  },
  'job/model-mismatch': {
    means: "A job's model and its recipe or aggregation do not fit each other.",
    do: "Don't take part; the buyer corrects the terms and launches the job anew.",
  },
  'job/retention-too-short': {
    means: 'The terms let evidence go while a round may still be challenged.',
    do: "Don't take part; the buyer launches the job anew with more days, or a shorter long window.",
  },
  'job/unknown': {
    means: "The job is not one of this coordinator's, or not active yet.",
    do: 'Check the number and the coordinator, or wait until it is activated.',
  },
  'model/dimension': {
    means: 'Two parts of a model or a round have different numbers of weights.',
    do: 'Do not use it: what links it is wrong.',
  },
  'model/layer-config': {
    means: 'A layer has a setting that is not supported.',
    do: 'Change what the message names.',
  },
  'model/layer-input': {
    means: 'A layer can not stand on the shape that it is given, or the first names none.',
    do: 'Let layer 0 say batch_input_shape, and correct what the message names.',
  },
  'model/layer-name': { means: 'Two layers have the same name.', do: 'Rename one.' },
  'model/layer-unknown': {
    means: 'A layer is of a class that is not supported.',
    do: 'Use the classes that the message names.',
  },
  'model/optimiser-length': {
    means: "What the server's optimiser keeps has another length than the model.",
    do: 'Do not use it: what links it is wrong.',
  },
  'model/optimiser-state': {
    means: "What the server's optimiser keeps after a round does not follow from the round.",
    do: 'Do not trust the round.',
  },
  'model/too-costly': {
    means: "A model asks more arithmetic or memory of one row than an owner's machine should give.",
    do: 'Make the layer that the message names smaller, or its input.',
  },
  'model/no-backend': {
    means: 'No backend of TensorFlow.js runs here.',
    do: 'Reinstall the packages with "npm ci".',
  },
  'model/not-finite': {
    means: 'Weights or rows hold NaN or an infinity, or training diverged.',
    do: 'Correct the rows, or lower the learning rate.',
  },
  'model/output': {
    means: 'The model does not end in one sigmoid unit.',
    do: 'End it with Dense, units 1, activation sigmoid.',
  },
  'model/parameters': {
    means: 'The model has no weights, or more than allowed.',
    do: 'Choose a model of a size within the limit.',
  },
  'model/rows': {
    means: 'There are no rows, or they do not fit the model.',
    do: "Give rows with the model's features and labels of 0 and 1.",
  },
  'model/too-deep': { means: 'The model has more layers than allowed.', do: 'Use fewer layers.' },
  'model/topology-json': { means: 'The topology is not JSON.', do: 'Pass what model.toJSON() wrote.' },
  'model/topology-shape': {
    means: 'The topology is not a Keras Sequential model.',
    do: 'Pass what model.toJSON() of a Sequential model wrote.',
  },
  'model/topology-size': { means: 'The topology is larger than allowed.', do: 'Use a smaller model.' },
  'model/transition': {
    means: "A round's model is not what its aggregate gives.",
    do: 'Do not go on from it, and dispute the round.',
  },
  'model/weights-header': {
    means: 'The header of a weights file is malformed.',
    do: 'Write the file again as safetensors of F32.',
  },
  'model/weights-length': {
    means: 'A vector of weights has another length than the model.',
    do: 'Use weights of this model.',
  },
  'model/weights-ranges': {
    means: 'Tensors of a weights file leave gaps, overlap, or differ from their shapes.',
    do: 'Write the file again.',
  },
  'model/weights-shape': {
    means: 'A tensor has other data than its shape, or its name is used twice.',
    do: 'Correct the tensor.',
  },
  'model/weights-size': {
    means: 'A weights file is larger than the model can need.',
    do: 'Use weights of this model.',
  },
  'model/weights-tensors': { means: "The tensors are not the model's.", do: 'Use weights of this model.' },
  'model/weights-truncated': { means: 'A weights file ends early.', do: 'Get the file again.' },
};
