/** The reader of topologies: what it makes of a good one, and every refusal. */
import { expect } from 'chai';
import { TributaryError } from '#crypto/error.ts';
import { tabularClassifier } from '#model/templates.ts';
import { activationOf } from '#model/keras/layer.ts';
import { parseTopology } from '#model/topology.ts';

type Config = Record<string, unknown>;
type KerasLayer = { class_name: string; config: Config };

const dense = (name: string, units: number, more: Config = {}): KerasLayer => ({
  class_name: 'Dense',
  config: { name, units, activation: 'relu', ...more },
});
const input = (features: number): KerasLayer => ({
  class_name: 'InputLayer',
  config: { name: 'input', batch_input_shape: [null, features], dtype: 'float32', sparse: false },
});
const output = dense('output', 1, { activation: 'sigmoid' });
const sequential = (layers: KerasLayer[], more: Config = {}): string =>
  JSON.stringify({ class_name: 'Sequential', config: { name: 'm', layers }, ...more });

/** Code and message of the refusal of a topology. */
function refusal(json: string): { code: string; message: string } {
  try {
    parseTopology(json);
  } catch (error) {
    if (error instanceof TributaryError) return error;
    throw error;
  }
  return { code: 'accepted', message: '' };
}

describe('topology', () => {
  it('lists trainable tensors in order, with shapes, offsets and the dimension', () => {
    const topology = parseTopology(tabularClassifier(30, 16));
    expect(topology.features).to.equal(30);
    expect(topology.dimension).to.equal(513);
    expect(topology.tensors).to.deep.equal([
      { name: 'hidden/kernel', shape: [30, 16], bound: Math.sqrt(6 / 46), size: 480, offset: 0 },
      { name: 'hidden/bias', shape: [16], bound: 0, size: 16, offset: 480 },
      { name: 'output/kernel', shape: [16, 1], bound: Math.sqrt(6 / 17), size: 16, offset: 496 },
      { name: 'output/bias', shape: [1], bound: 0, size: 1, offset: 512 },
    ]);
  });

  it('reads InputLayer, Activation and layers without bias', () => {
    const topology = parseTopology(
      sequential([
        input(3),
        dense('a', 2, { use_bias: false, activation: 'linear' }),
        { class_name: 'Activation', config: { name: 'b', activation: 'tanh' } },
        dense('c', 1, { activation: 'linear' }),
        { class_name: 'Activation', config: { name: 'd', activation: 'sigmoid' } },
      ]),
    );
    const told = topology.layers.map(({ computes }) => `${computes.className} ${activationOf(computes)}`);
    expect(told).to.deep.equal(['Dense linear', 'Activation tanh', 'Dense linear', 'Activation sigmoid']);
    expect(topology.tensors.map(({ name }) => name)).to.deep.equal(['a/kernel', 'c/kernel', 'c/bias']);
    expect(topology.dimension).to.equal(3 * 2 + 2 + 1);
  });

  it('takes Keras defaults: linear activation, with bias', () => {
    const first = { class_name: 'Dense', config: { name: 'a', units: 4, batch_input_shape: [null, 2] } };
    const [layer] = parseTopology(sequential([first, output])).layers;
    expect(layer).to.deep.equal({
      name: 'a',
      input: [2],
      output: [4],
      computes: { className: 'Dense', units: 4, activation: 'linear', useBias: true },
    });
  });

  const good = [input(3), dense('hidden', 4)];
  const refusals: [string, string, string, RegExp][] = [
    [
      'text over 256 KiB',
      sequential([...good, output]) + ' '.repeat(256 * 1024),
      'model/topology-size',
      /262144 bytes/,
    ],
    ['characters of several bytes over 256 KiB', `"${'é'.repeat(140_000)}"`, 'model/topology-size', /262144/],
    ['text that is not JSON', '{"class_name":', 'model/topology-json', /not JSON/],
    [
      'another class of model',
      JSON.stringify({ class_name: 'Functional', config: {} }),
      'model/topology-shape',
      /Sequential/,
    ],
    [
      'an unknown key beside the layers',
      sequential([...good, output], { lambda: 1 }),
      'model/topology-shape',
      /lambda/,
    ],
    ['no layers', sequential([]), 'model/topology-shape', /layers/],
    [
      'too many layers',
      sequential([input(1), ...Array.from({ length: 64 }, (_, i) => dense(`d${i}`, 1))]),
      'model/too-deep',
      /65 layers/,
    ],
    [
      'a Lambda',
      sequential([input(3), { class_name: 'Lambda', config: { name: 'f' } }]),
      'model/layer-unknown',
      /Lambda/,
    ],
    [
      'a class named like an object method',
      sequential([input(3), { class_name: 'toString', config: {} }]),
      'model/layer-unknown',
      /toString/,
    ],
    [
      'an unknown key in a layer',
      sequential([...good, dense('x', 1, { rank: 2 })]),
      'model/layer-config',
      /layer 2 \(Dense "x"\).*rank/,
    ],
    [
      'an activation without gradients everywhere',
      sequential([...good, dense('x', 1, { activation: 'selu' })]),
      'model/layer-config',
      /"x".*activation/,
    ],
    [
      'a regulariser',
      sequential([...good, dense('x', 1, { kernel_regularizer: { class_name: 'L1L2' } })]),
      'model/layer-config',
      /kernel_regularizer/,
    ],
    [
      'a frozen layer',
      sequential([...good, dense('x', 1, { trainable: false })]),
      'model/layer-config',
      /trainable/,
    ],
    [
      'another number type',
      sequential([...good, dense('x', 1, { dtype: 'float16' })]),
      'model/layer-config',
      /dtype/,
    ],
    ['no units', sequential([...good, dense('x', 0)]), 'model/layer-config', /units/],
    ['too many units', sequential([...good, dense('x', 16_385)]), 'model/layer-config', /units/],
    ['half a unit', sequential([...good, dense('x', 1.5)]), 'model/layer-config', /units/],
    [
      'too many features',
      sequential([input(2 ** 18 + 1), output]),
      'model/layer-config',
      /batch_input_shape/,
    ],
    [
      'a fixed batch',
      sequential([{ class_name: 'InputLayer', config: { name: 'i', batch_input_shape: [8, 3] } }, output]),
      'model/layer-config',
      /batch_input_shape/,
    ],
    [
      'a sparse input',
      sequential([
        { class_name: 'InputLayer', config: { name: 'i', batch_input_shape: [null, 3], sparse: true } },
        output,
      ]),
      'model/layer-config',
      /sparse/,
    ],
    [
      'an unknown key of an activation',
      sequential([
        ...good,
        { class_name: 'Activation', config: { name: 'a', activation: 'relu', alpha: 1 } },
      ]),
      'model/layer-config',
      /alpha/,
    ],
    ['a name with a path in it', sequential([...good, dense('../x', 1)]), 'model/layer-config', /name/],
    [
      'a repeated name',
      sequential([...good, dense('hidden', 1, { activation: 'sigmoid' })]),
      'model/layer-name',
      /layer 2 \(hidden\)/,
    ],
    ['no input shape', sequential([output]), 'model/layer-input', /layer 0/],
    [
      'a width that contradicts the layer before',
      sequential([...good, dense('x', 1, { batch_input_shape: [null, 5] })]),
      'model/layer-input',
      /layer 2 \(x\) wants the shape \[5\], but is given \[4\]/,
    ],
    [
      'an input in the middle',
      sequential([
        ...good,
        { class_name: 'InputLayer', config: { name: 'again', batch_input_shape: [null, 4] } },
        output,
      ]),
      'model/layer-input',
      /layer 2 \(again\)/,
    ],
    [
      'too many weights',
      sequential([input(65_536), dense('x', 257), output]),
      'model/parameters',
      /16843267 weights/,
    ],
    [
      'no weights',
      sequential([input(1), { class_name: 'Activation', config: { name: 'a', activation: 'sigmoid' } }]),
      'model/parameters',
      /0 weights/,
    ],
  ];
  for (const [what, json, code, message] of refusals) {
    it(`refuses ${what}`, () => {
      const refused = refusal(json);
      expect(refused.code).to.equal(code);
      expect(refused.message).to.match(message);
    });
  }

  it('admits the limits themselves', () => {
    const topology = parseTopology(sequential([input(65_536), dense('x', 255), output]));
    expect(topology.dimension).to.equal(65_536 * 255 + 255 + 256);
    expect(parseTopology(sequential([input(1), dense('x', 16_384), output])).dimension).to.equal(
      3 * 16_384 + 1,
    );
    const text = sequential([...good, output]);
    expect(parseTopology(text + ' '.repeat(256 * 1024 - text.length)).features).to.equal(3);
  });
});
