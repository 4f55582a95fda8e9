/** Every template is what tf.js itself writes and reads, and is read by ours with the same tensors. */
import { expect } from 'chai';
import { loadBackend } from '#model/tensorflow.ts';
import { imageSmall, tabularClassifier, tabularRegressor, textBag } from '#model/templates.ts';
import { parseTopology } from '#model/topology.ts';

const templates: Record<string, string> = {
  'tabular-classifier of two classes': tabularClassifier(7, 4),
  'tabular-classifier of five classes': tabularClassifier(7, 4, 5),
  'tabular-regressor': tabularRegressor(7, 4),
  'image-small': imageSmall({ height: 8, width: 6, channels: 3 }, 4, 10),
  'text-bag': textBag(12, 30, 5, 3),
};

describe('the template', () => {
  for (const [name, text] of Object.entries(templates)) {
    it(`${name} is what tf.js writes and reads`, async () => {
      const { layers } = await loadBackend({ prefer: 'cpu' });
      const network = await layers.models.modelFromJSON(
        JSON.parse(text) as Parameters<typeof layers.models.modelFromJSON>[0],
      );
      const { tensors } = parseTopology(text);
      expect(network.trainableWeights.map(({ shape }) => shape)).to.deep.equal(
        tensors.map(({ shape }) => shape),
      );
      expect(network.trainableWeights.map(({ originalName }) => originalName)).to.deep.equal(
        tensors.map((tensor) => tensor.name),
      );
      expect(network.toJSON(null, false)).to.deep.equal(JSON.parse(text));
      network.dispose();
    });
  }
});
