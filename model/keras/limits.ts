/** Bounds on what a stranger's model may ask of an owner's machine. */
export const modelLimits = {
  /** UTF-8 bytes of the topology. */
  topologyBytes: 256 * 1024,
  layers: 64,
  /** Numbers of a row: an image of 256 × 256 in four channels. */
  features: 2 ** 18,
  units: 16_384,
  /** Numbers that one layer makes of one row. */
  activations: 2 ** 22,
  /** Multiplications for one row, forwards. */
  operations: 2 ** 32,
  /** Trainable weights in all: 64 MiB of float32. */
  parameters: 2 ** 24,
} as const;
