/**
 * The one file that imports TensorFlow.js, and only when a model is trained or evaluated.
 * Order: native on a GPU, native, WASM, plain CPU. Native packages are optional: they count only when
 * they really load and TensorFlow itself says that it computes with them.
 */
import { TributaryError } from '#crypto/error.ts';
import { registerGradients, registerWasmKernels } from './kernels/register.ts';
import { withoutNewListeners } from './listeners.ts';

export type Tensorflow = typeof import('@tensorflow/tfjs-core');
export type TensorflowLayers = typeof import('@tensorflow/tfjs-layers');

/** Ordered by preference. The name goes into the round's manifest. */
export const backendNames = ['tensorflow-gpu', 'tensorflow', 'wasm', 'cpu'] as const;
export type BackendName = (typeof backendNames)[number];

/** A verified TensorFlow.js. One backend is active in a process at a time: `activate` says which. */
export type Backend = Readonly<{ name: BackendName; tf: Tensorflow; layers: TensorflowLayers }>;

/** What TensorFlow.js itself calls each of them, and the package that brings it. */
const sources: Readonly<Record<BackendName, Readonly<{ engine: string; specifier: string }>>> = {
  'tensorflow-gpu': { engine: 'tensorflow', specifier: '@tensorflow/tfjs-node-gpu' },
  tensorflow: { engine: 'tensorflow', specifier: '@tensorflow/tfjs-node' },
  wasm: { engine: 'wasm', specifier: '@tensorflow/tfjs-backend-wasm' },
  cpu: { engine: 'cpu', specifier: '@tensorflow/tfjs-backend-cpu' },
};

export type BackendOptions = Readonly<{
  /** Try this one first; the others follow in order. */
  prefer?: BackendName;
  /** Stands in for `import()`, so that a test can play a package that is installed or broken. */
  importPackage?: (specifier: string) => Promise<unknown>;
}>;

const importPackage = (specifier: string): Promise<unknown> => import(specifier);

/**
 * tfjs-wasm's loader (Emscripten) adds process-wide handlers that rethrow, so that Node dumps the
 * minified source before a person. These are their texts in 4.22.
 */
const emscriptenHandler = /ExitStatus|^function ?\(\w+\) ?\{ ?throw \w+;? ?\}$/;
const errorEvents = ['uncaughtException', 'unhandledRejection'];

/** Makes a backend the active one again, after another was loaded in this process. */
export async function activate({ tf, name }: Backend): Promise<void> {
  const { engine } = sources[name];
  if (tf.getBackend() !== engine) await tf.setBackend(engine);
}

/** Adds two numbers on the active backend: a backend that loads but does not compute is none. */
const computes = (tf: Tensorflow): boolean =>
  tf.tidy(() => tf.add(tf.scalar(1), tf.scalar(2)).dataSync()[0] === 3);

/** The package for the GPU also runs without one, and would then be the slower name's twin. */
const usesGpu = (tf: Tensorflow): boolean => {
  const engine: unknown = tf.backend();
  return (
    typeof engine === 'object' &&
    engine !== null &&
    'isUsingGpuDevice' in engine &&
    engine.isUsingGpuDevice === true
  );
};

/** The name under which the backend really runs, or undefined when it does not. */
async function tryBackend(
  name: BackendName,
  tf: Tensorflow,
  load: (specifier: string) => Promise<unknown>,
): Promise<BackendName | undefined> {
  const { engine, specifier } = sources[name];
  try {
    await load(specifier);
    const runs = (await tf.setBackend(engine)) && tf.getBackend() === engine && computes(tf);
    if (!runs) return undefined;
    if (name !== 'tensorflow-gpu') return name;
    return usesGpu(tf) ? 'tensorflow-gpu' : 'tensorflow';
  } catch {
    // Not installed, or installed without its binary: the next in order is the answer.
    return undefined;
  }
}

/**
 * Loads TensorFlow.js with the best backend of this machine.
 *
 * @throws TributaryError `model/no-backend` when none runs
 */
export async function loadBackend(options: BackendOptions = {}): Promise<Backend> {
  const load = options.importPackage ?? importPackage;
  const tf = await import('@tensorflow/tfjs-core');
  const layers = await import('@tensorflow/tfjs-layers');
  // Its greeting and its advice to install something else are not for an owner's terminal.
  tf.enableProdMode();
  const order = new Set(options.prefer === undefined ? backendNames : [options.prefer, ...backendNames]);
  for (const candidate of order) {
    const name = await withoutNewListeners(process, errorEvents, emscriptenHandler, () =>
      tryBackend(candidate, tf, load),
    );
    if (name === undefined) continue;
    registerGradients(tf);
    if (name === 'wasm') registerWasmKernels(tf);
    return { name, tf, layers };
  }
  throw new TributaryError(
    'model/no-backend',
    'TensorFlow.js does not run here: reinstall the packages with npm ci',
  );
}
