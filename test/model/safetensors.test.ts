/** Model bytes: the same bytes for the same weights, back without loss, and every refusal. */
import { expect } from 'chai';
import fc from 'fast-check';
import { type NamedTensor, decodeSafetensors, encodeSafetensors } from '#model/safetensors.ts';
import { tabularClassifier } from '#model/templates.ts';
import { parseTopology } from '#model/topology.ts';
import { decodeWeights, encodeWeights, flatten, unflatten } from '#model/weights.ts';
import { codeOf } from '#test/crypto/refusal.ts';

const roomy = { maxBytes: 1 << 20 };

/** A file with any header and data, as a stranger may write it. */
function file(header: unknown, dataBytes: number, length?: bigint): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}
const f32 = (shape: number[], start: number, end: number) => ({
  dtype: 'F32',
  shape,
  data_offsets: [start, end],
});
/** Object.is tells −0 from 0, and text compares faster than typed arrays. */
const plain = ({ name, shape, data }: NamedTensor) =>
  `${name} [${shape.join()}] ${Array.from(data, (x) => (Object.is(x, -0) ? '-0' : String(x))).join()}`;
const decoding = (bytes: Uint8Array) => codeOf(() => decodeSafetensors(bytes, roomy));

describe('safetensors', () => {
  it('writes the format of the specification, header padded with spaces to 8 bytes', () => {
    const bytes = encodeSafetensors([{ name: 'k', shape: [2, 1], data: Float32Array.of(1.5, -2) }]);
    const header = '{"k":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}}';
    expect(header.length).to.equal(56);
    expect(Buffer.from(bytes).toString('hex')).to.equal(
      `38${'00'.repeat(7)}${Buffer.from(header).toString('hex')}0000c03f000000c0`,
    );
    const padded = encodeSafetensors([{ name: 'kk', shape: [1], data: Float32Array.of(0) }]);
    expect(padded.length % 8).to.equal(4);
    expect(Buffer.from(padded).subarray(0, -4).toString('latin1')).to.match(/\} +$/);
  });

  it('keeps the order it is given, not the order of names', () => {
    const tensors = ['z', 'a', 'm'].map((name, i) => ({ name, shape: [1], data: Float32Array.of(i) }));
    expect(decodeSafetensors(encodeSafetensors(tensors), roomy)).to.deep.equal(tensors);
  });

  it('gives back what it was given, for any tensors', () => {
    const float = fc.float({ noNaN: true, noDefaultInfinity: true });
    const tensor = fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 3 }).chain((shape) => {
      const size = shape.reduce((product, length) => product * length, 1);
      return fc.record({
        name: fc.string({ minLength: 1, maxLength: 12 }).map((text) => `t${text}`),
        shape: fc.constant(shape),
        data: fc.array(float, { minLength: size, maxLength: size }).map((list) => Float32Array.from(list)),
      });
    });
    fc.assert(
      fc.property(fc.uniqueArray(tensor, { selector: ({ name }) => name, maxLength: 5 }), (tensors) => {
        const bytes = encodeSafetensors(tensors);
        // Also from the middle of a larger buffer, as a network hands it over.
        const shifted = new Uint8Array(bytes.length + 3);
        shifted.set(bytes, 3);
        const back = decodeSafetensors(shifted.subarray(3), roomy);
        expect(back.map(plain)).to.deep.equal(tensors.map(plain));
        expect(Buffer.from(encodeSafetensors(back)).equals(bytes)).to.equal(true);
      }),
      { seed: 7, numRuns: 25 },
    );
  });

  it('reads metadata and unordered names of other writers', () => {
    const header = { __metadata__: { format: 'pt' }, b: f32([1], 4, 8), a: f32([1], 0, 4) };
    expect(decodeSafetensors(file(header, 8), roomy).map(({ name }) => name)).to.deep.equal(['a', 'b']);
  });

  it('refuses what is not written as it should be', () => {
    expect(decoding(new Uint8Array(7))).to.equal('model/weights-truncated');
    expect(decoding(file('{}', 0, 3n))).to.equal('model/weights-truncated');
    expect(decoding(file('{}', 0, 262_145n))).to.equal('model/weights-header');
    expect(decoding(file('{}', 0, 2n ** 63n))).to.equal('model/weights-header');
    expect(decoding(file('{"a":', 0))).to.equal('model/weights-header');
    expect(decoding(file('[]', 0))).to.equal('model/weights-header');
    expect(decoding(file('null', 0))).to.equal('model/weights-header');
    expect(decoding(file({ __metadata__: { a: 1 } }, 0))).to.equal('model/weights-header');
    const invalidUtf8 = file('{"a":"x"}', 0);
    invalidUtf8[8 + 6] = 0xff;
    expect(decoding(invalidUtf8)).to.equal('model/weights-header');
  });

  it('refuses an entry that is not a float32 tensor', () => {
    const good = f32([1], 0, 4);
    const entries = [
      { ...good, dtype: 'F16' },
      { ...good, shape: [0] },
      { ...good, shape: [1.5] },
      { ...good, shape: Array.from({ length: 9 }, () => 1) },
      { ...good, data_offsets: [0] },
      { ...good, data_offsets: [-4, 0] },
      { ...good, stride: 1 },
    ];
    expect(decoding(file({ a: good }, 4))).to.equal(undefined);
    for (const a of entries)
      expect(decoding(file({ a }, 4)), JSON.stringify(a)).to.equal('model/weights-header');
  });

  it('refuses ranges that overlap, leave a gap, leave data over or differ from the shape', () => {
    const ranges = 'model/weights-ranges';
    expect(decoding(file({ a: f32([2], 0, 8), b: f32([1], 4, 8) }, 8)), 'overlap').to.equal(ranges);
    expect(decoding(file({ a: f32([1], 0, 4), b: f32([1], 0, 4) }, 4)), 'shared').to.equal(ranges);
    expect(decoding(file({ a: f32([1], 0, 4), b: f32([1], 8, 12) }, 12)), 'gap').to.equal(ranges);
    expect(decoding(file({ a: f32([1], 4, 8) }, 8)), 'late start').to.equal(ranges);
    expect(decoding(file({ a: f32([1], 0, 4) }, 8)), 'rest').to.equal(ranges);
    expect(decoding(file({ a: f32([3], 0, 8) }, 8)), 'shape').to.equal(ranges);
    expect(decoding(file({ a: f32([2], 0, 8) }, 7)), 'cut').to.equal('model/weights-truncated');
  });

  it('refuses numbers that are not finite, on the way out and in', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const tensor: NamedTensor = { name: 'a', shape: [2], data: Float32Array.of(1, value) };
      expect(codeOf(() => encodeSafetensors([tensor]))).to.equal('model/not-finite');
      const bytes = encodeSafetensors([{ ...tensor, data: Float32Array.of(1, 2) }]);
      new DataView(bytes.buffer).setFloat32(bytes.length - 4, value, true);
      expect(decoding(bytes)).to.equal('model/not-finite');
    }
  });

  it('refuses more bytes than the reader is ready for, but not as many', () => {
    const bytes = encodeSafetensors([{ name: 'a', shape: [3], data: Float32Array.of(1, 2, 3) }]);
    expect(codeOf(() => decodeSafetensors(bytes, { maxBytes: bytes.length }))).to.equal(undefined);
    expect(codeOf(() => decodeSafetensors(bytes, { maxBytes: bytes.length - 1 }))).to.equal(
      'model/weights-size',
    );
  });

  it('does not write a tensor whose data and shape disagree, nor a name twice', () => {
    const one: NamedTensor = { name: 'a', shape: [1], data: Float32Array.of(1) };
    expect(codeOf(() => encodeSafetensors([{ ...one, shape: [2] }]))).to.equal('model/weights-shape');
    expect(codeOf(() => encodeSafetensors([one, one]))).to.equal('model/weights-shape');
  });
});

describe('flat weights', () => {
  const topology = parseTopology(tabularClassifier(2, 3));
  const flat = Float32Array.from({ length: topology.dimension }, (_, i) => i - 6.5);

  it('follow the order of the trainable weights, and come back from bytes', () => {
    const tensors = unflatten(topology, flat);
    expect(tensors.map(({ name, data }) => [name, [...data]])).to.deep.equal([
      ['hidden/kernel', [-6.5, -5.5, -4.5, -3.5, -2.5, -1.5]],
      ['hidden/bias', [-0.5, 0.5, 1.5]],
      ['output/kernel', [2.5, 3.5, 4.5]],
      ['output/bias', [5.5]],
    ]);
    expect(flatten(topology, tensors.toReversed())).to.deep.equal(flat);
    expect(decodeWeights(topology, encodeWeights(topology, flat))).to.deep.equal(flat);
  });

  it('are refused when tensors are missing, extra, doubled or of another shape', () => {
    const tensors = unflatten(topology, flat);
    const first = tensors[0]!;
    const flattening = (list: NamedTensor[]) => codeOf(() => flatten(topology, list));
    expect(flattening(tensors.slice(1))).to.equal('model/weights-tensors');
    expect(flattening([...tensors, { name: 'extra', shape: [1], data: Float32Array.of(1) }])).to.equal(
      'model/weights-tensors',
    );
    expect(flattening([...tensors, first])).to.equal('model/weights-tensors');
    expect(flattening([{ ...first, shape: [3, 2] }, ...tensors.slice(1)])).to.equal('model/weights-tensors');
    expect(flattening([{ ...first, shape: [2, 3, 1] }, ...tensors.slice(1)])).to.equal(
      'model/weights-tensors',
    );
    expect(flattening([{ ...first, data: new Float32Array(5) }, ...tensors.slice(1)])).to.equal(
      'model/weights-tensors',
    );
    expect(flattening([{ ...first, name: 'other' }, ...tensors.slice(1)])).to.equal('model/weights-tensors');
  });

  it('are refused at another length, and as too large a file', () => {
    expect(codeOf(() => unflatten(topology, flat.subarray(1)))).to.equal('model/weights-length');
    const large = encodeSafetensors([{ name: 'a', shape: [70_000], data: new Float32Array(70_000) }]);
    expect(codeOf(() => decodeWeights(topology, large))).to.equal('model/weights-size');
  });
});
