/**
 * Topologies that a buyer can launch without writing Keras: text as `model.toJSON()` of tf.js gives it.
 * The initialisers in it are what a stand-alone Keras would use; here model/initial.ts decides.
 */
const glorotUniform = {
  class_name: 'VarianceScaling',
  config: { scale: 1, mode: 'fan_avg', distribution: 'uniform', seed: null },
};

const dense = (name: string, units: number, activation: string, features?: number) => ({
  class_name: 'Dense',
  config: {
    units,
    activation,
    use_bias: true,
    kernel_initializer: glorotUniform,
    bias_initializer: { class_name: 'Zeros', config: {} },
    kernel_regularizer: null,
    bias_regularizer: null,
    activity_regularizer: null,
    kernel_constraint: null,
    bias_constraint: null,
    name,
    trainable: true,
    ...(features === undefined ? {} : { batch_input_shape: [null, features], dtype: 'float32' }),
  },
});

/**
 * A binary classifier of rows: features → `hidden` relu units → one sigmoid.
 *
 * @param features columns of a row, ≥ 1
 * @param hidden units of the hidden layer, ≥ 1
 * @returns Keras topology as JSON text, the same text for the same numbers
 */
export function tabularClassifier(features: number, hidden: number): string {
  return JSON.stringify({
    class_name: 'Sequential',
    config: {
      name: 'tabular_classifier',
      layers: [dense('hidden', hidden, 'relu', features), dense('output', 1, 'sigmoid')],
    },
    keras_version: 'tfjs-layers 4.22.0',
    backend: 'tensor_flow.js',
  });
}
