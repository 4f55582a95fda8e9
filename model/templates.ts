/**
 * Topologies that a buyer can launch without writing Keras: text as `model.toJSON()` of tf.js gives it.
 * The initialisers in it are what a stand-alone Keras would use; here model/initial.ts decides.
 */
const varianceScaling = (distribution: 'uniform' | 'normal') => ({
  class_name: 'VarianceScaling',
  config: { scale: 1, mode: 'fan_avg', distribution, seed: null },
});
const zeros = { class_name: 'Zeros', config: {} };

type KerasLayer = Readonly<{ class_name: string; config: object }>;

const inputOf = (shape: readonly number[]) => ({ batch_input_shape: [null, ...shape], dtype: 'float32' });

const dense = (name: string, units: number, activation: string, input?: number): KerasLayer => ({
  class_name: 'Dense',
  config: {
    units,
    activation,
    use_bias: true,
    kernel_initializer: varianceScaling('uniform'),
    bias_initializer: zeros,
    kernel_regularizer: null,
    bias_regularizer: null,
    activity_regularizer: null,
    kernel_constraint: null,
    bias_constraint: null,
    name,
    trainable: true,
    ...(input === undefined ? {} : inputOf([input])),
  },
});

const convolution = (name: string, filters: number, input?: readonly number[]): KerasLayer => ({
  class_name: 'Conv2D',
  config: {
    filters,
    kernel_initializer: varianceScaling('normal'),
    kernel_regularizer: null,
    kernel_constraint: null,
    kernel_size: [3, 3],
    strides: [1, 1],
    padding: 'same',
    data_format: 'channels_last',
    dilation_rate: [1, 1],
    activation: 'relu',
    use_bias: true,
    bias_initializer: zeros,
    bias_regularizer: null,
    activity_regularizer: null,
    bias_constraint: null,
    name,
    trainable: true,
    ...(input === undefined ? {} : inputOf(input)),
  },
});

const pooling = (name: string): KerasLayer => ({
  class_name: 'MaxPooling2D',
  config: {
    pool_size: [2, 2],
    padding: 'valid',
    strides: [2, 2],
    data_format: 'channels_last',
    name,
    trainable: true,
  },
});

const embedding = (name: string, words: number, dimension: number, length: number): KerasLayer => ({
  class_name: 'Embedding',
  config: {
    input_dim: words,
    output_dim: dimension,
    embeddings_initializer: {
      class_name: 'RandomUniform',
      config: { minval: -0.05, maxval: 0.05, seed: null },
    },
    embeddings_regularizer: null,
    activity_regularizer: null,
    embeddings_constraint: null,
    mask_zero: null,
    input_length: length,
    name,
    trainable: true,
    ...inputOf([length]),
  },
});

const plain = (className: string, name: string): KerasLayer => ({
  class_name: className,
  config: { name, trainable: true },
});

const sequential = (name: string, layers: readonly KerasLayer[]): string =>
  JSON.stringify({
    class_name: 'Sequential',
    config: { name, layers },
    keras_version: 'tfjs-layers 4.22.0',
    backend: 'tensor_flow.js',
  });

/** One sigmoid for two classes, a softmax for more. */
const classOutput = (classes: number): KerasLayer =>
  classes === 2 ? dense('output', 1, 'sigmoid') : dense('output', classes, 'softmax');

/**
 * A classifier of rows: features → `hidden` relu units → one sigmoid, or a softmax over more than two classes.
 *
 * @param features numbers of an encoded row, ≥ 1
 * @param hidden units of the hidden layer, ≥ 1
 * @returns Keras topology as JSON text, the same text for the same numbers; so do the others here
 */
export const tabularClassifier = (features: number, hidden: number, classes = 2): string =>
  sequential('tabular_classifier', [dense('hidden', hidden, 'relu', features), classOutput(classes)]);

/** Numbers of rows: features → `hidden` relu units → one number. */
export const tabularRegressor = (features: number, hidden: number): string =>
  sequential('tabular_regressor', [dense('hidden', hidden, 'relu', features), dense('output', 1, 'linear')]);

export type ImageShape = Readonly<{ height: number; width: number; channels: number }>;

/** A classifier of small images, at least 4 × 4: two convolutions of `filters` and 2 · `filters`, each halved, → classes. */
export const imageSmall = (
  { height, width, channels }: ImageShape,
  filters: number,
  classes: number,
): string =>
  sequential('image_small', [
    convolution('conv1', filters, [height, width, channels]),
    pooling('pool1'),
    convolution('conv2', 2 * filters),
    pooling('pool2'),
    plain('Flatten', 'flatten'),
    classOutput(classes),
  ]);

/**
 * A classifier of texts by the mean of their words' embeddings.
 *
 * @param length tokens of a text @param words entries of the vocabulary; two more are the filler and the unknown word
 */
export const textBag = (length: number, words: number, dimension: number, classes: number): string =>
  sequential('text_bag', [
    embedding('words', words + 2, dimension, length),
    plain('GlobalAveragePooling1D', 'mean'),
    classOutput(classes),
  ]);
