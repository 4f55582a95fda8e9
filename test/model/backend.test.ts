/** Which TensorFlow.js is used, that it is never claimed unchecked, and what it leaves in the process. */
import { EventEmitter } from 'node:events';
import type { KernelBackend } from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { TributaryError } from '#crypto/error.ts';
import { withoutNewListeners } from '#model/listeners.ts';
import { type Backend, activate, loadBackend } from '#model/tensorflow.ts';

const missing = (specifier: string): never => {
  throw new Error(`Cannot find package '${specifier}'`);
};

/** import() of a machine where only these packages are installed. */
const installed =
  (...packages: string[]) =>
  async (specifier: string): Promise<unknown> =>
    packages.includes(specifier) ? {} : missing(specifier);

const wasm = '@tensorflow/tfjs-backend-wasm';
const cpu = '@tensorflow/tfjs-backend-cpu';
const native = '@tensorflow/tfjs-node';
const nativeGpu = '@tensorflow/tfjs-node-gpu';

describe('backend', () => {
  let real: Backend;
  const printed: unknown[][] = [];
  const terminal = { log: console.log, warn: console.warn };

  before(async () => {
    console.log = (...args: unknown[]) => void printed.push(args);
    console.warn = console.log;
    try {
      real = await loadBackend();
      await loadBackend({ prefer: 'cpu' });
      real.tf.tidy(() => real.tf.add(real.tf.scalar(1), 2).dataSync());
    } finally {
      Object.assign(console, terminal);
    }
  });
  afterEach(() => {
    if (Object.hasOwn(real.tf.engine().registryFactory, 'tensorflow')) real.tf.removeBackend('tensorflow');
  });

  /** The plain CPU backend under the native one's name, as native code registers itself. */
  function registerNative(more: Record<string, unknown>, computes = true): void {
    const { tf } = real;
    const twin = Object.create(tf.findBackend('cpu')) as KernelBackend;
    Object.assign(twin, more);
    tf.registerBackend('tensorflow', () => twin);
    if (computes) tf.copyRegisteredKernels('cpu', 'tensorflow');
    else
      for (const { kernelName } of tf.getKernelsForBackend('tensorflow'))
        tf.unregisterKernel(kernelName, 'tensorflow');
  }

  it('is WASM where no native package is installed', () => {
    expect(real.name).to.equal('wasm');
  });

  it('leaves no process-wide error handlers behind, and prints nothing', () => {
    const emitter: Pick<EventEmitter, 'listeners'> = process;
    const emscripten = (event: string) =>
      emitter.listeners(event).filter((listener) => /ExitStatus|throw reason/.test(String(listener)));
    expect(emscripten('uncaughtException')).to.have.length(0);
    expect(emscripten('unhandledRejection')).to.have.length(0);
    expect(printed).to.deep.equal([]);
  });

  it('falls back to plain CPU, and says so', async () => {
    const backend = await loadBackend({ importPackage: installed(cpu) });
    expect(backend.name).to.equal('cpu');
    expect(backend.tf.getBackend()).to.equal('cpu');
  });

  it('takes what is preferred first, and the order after it', async () => {
    expect((await loadBackend({ prefer: 'cpu' })).name).to.equal('cpu');
    expect((await loadBackend({ prefer: 'tensorflow' })).name).to.equal('wasm');
  });

  it('takes a native package that registers itself and computes', async () => {
    registerNative({ isUsingGpuDevice: false });
    const backend = await loadBackend({ importPackage: installed(native, wasm, cpu) });
    expect(backend.name).to.equal('tensorflow');
    expect(backend.tf.getBackend()).to.equal('tensorflow');
  });

  it('says GPU only when the package for it uses one', async () => {
    registerNative({ isUsingGpuDevice: true });
    expect((await loadBackend({ importPackage: installed(nativeGpu, wasm) })).name).to.equal(
      'tensorflow-gpu',
    );
    real.tf.removeBackend('tensorflow');
    registerNative({ isUsingGpuDevice: false });
    expect((await loadBackend({ importPackage: installed(nativeGpu, wasm) })).name).to.equal('tensorflow');
    real.tf.removeBackend('tensorflow');
    registerNative({});
    expect((await loadBackend({ importPackage: installed(nativeGpu, wasm) })).name).to.equal('tensorflow');
  });

  it('does not believe a native package that loads without registering a backend', async () => {
    expect((await loadBackend({ importPackage: installed(nativeGpu, native, wasm) })).name).to.equal('wasm');
  });

  it('does not believe a native backend that can not compute', async () => {
    registerNative({ isUsingGpuDevice: true }, false);
    expect((await loadBackend({ importPackage: installed(nativeGpu, native, wasm) })).name).to.equal('wasm');
  });

  it('says that nothing runs when nothing does', async () => {
    const refused: unknown = await loadBackend({ importPackage: installed() }).catch(
      (error: unknown) => error,
    );
    expect(refused).to.be.instanceOf(TributaryError).with.property('code', 'model/no-backend');
  });

  it('becomes the active one again', async () => {
    await loadBackend({ prefer: 'cpu' });
    await activate(real);
    expect(real.tf.getBackend()).to.equal('wasm');
  });
});

describe('listeners', () => {
  it('removes foreign ones that are new, keeps the rest, also after an error', async () => {
    const emitter = new EventEmitter();
    const old = function foreignToo(): void {};
    const own = function ours(): void {};
    emitter.on('a', old);
    const failed: unknown = await withoutNewListeners(emitter, ['a', 'b'], /foreign/, async () => {
      emitter.on('a', function foreign() {});
      emitter.on('b', function foreign() {});
      emitter.on('b', own);
      emitter.on('c', old);
      throw new Error('after all');
    }).catch((error: unknown) => error);
    expect(String(failed)).to.equal('Error: after all');
    expect(emitter.listeners('a')).to.deep.equal([old]);
    expect(emitter.listeners('b')).to.deep.equal([own]);
    expect(emitter.listeners('c')).to.deep.equal([old]);
  });
});
