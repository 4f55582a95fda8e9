/** Initial weights: pinned, and equal to the formula with another implementation of the stream. */
import { createCipheriv, createHash } from 'node:crypto';
import { expect } from 'chai';
import { initialWeights } from '#model/initial.ts';
import { tabularClassifier } from '#model/templates.ts';
import { parseTopology } from '#model/topology.ts';

const topology = parseTopology(tabularClassifier(30, 16));
const seed = Uint8Array.from({ length: 32 }, (_, i) => i);

/** The keystream of seededRng, written again from its description. */
function keystream(length: number): Buffer {
  const label = Buffer.from('seeded-rng');
  const prefix = Buffer.alloc(4);
  prefix.writeUInt32BE(label.length);
  const key = createHash('sha256').update(prefix).update(label).update(seed).digest();
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(length));
}

describe('initial weights', () => {
  it('are the pinned ones', () => {
    const bytes = Buffer.from(initialWeights(topology, seed).buffer);
    expect(createHash('sha256').update(bytes).digest('hex')).to.equal(
      '2b70d19b06e4b36663828c72befe29e1d7dcfc4dc6975155f85d3ad7d065a8f0',
    );
  });

  it('are Glorot-uniform kernels, drawn one after the other, and zero biases', () => {
    const weights = initialWeights(topology, seed);
    const stream = keystream((480 + 16) * 4);
    const expected = (word: number, fans: number) =>
      Math.fround(((2 * stream.readUInt32BE(word * 4) + 1) / 2 ** 32 - 1) * Math.sqrt(6 / fans));
    for (let i = 0; i < 480; i += 1) expect(weights[i]).to.equal(expected(i, 46));
    for (let i = 0; i < 16; i += 1) expect(weights[496 + i]).to.equal(expected(480 + i, 17));
    expect([...weights.subarray(480, 496), weights[512]]).to.deep.equal(Array.from({ length: 17 }, () => 0));
  });

  it('fill their range evenly, and differ from seed to seed', () => {
    const kernel = initialWeights(topology, seed).subarray(0, 480);
    const bound = Math.sqrt(6 / 46);
    expect(Math.max(...kernel)).to.be.within(bound * 0.97, bound);
    expect(Math.min(...kernel)).to.be.within(-bound, -bound * 0.97);
    expect(kernel.reduce((sum, x) => sum + x, 0) / 480).to.be.within(-bound * 0.08, bound * 0.08);
    expect(initialWeights(topology, new Uint8Array(32))).to.not.deep.equal(initialWeights(topology, seed));
  });
});
