/** The metadata of a dataset and of its units lead any wallet to the descriptor. protocol.md §6.1 */
import { expect } from 'chai';
import { base16 } from 'multiformats/bases/base16';
import { CID } from 'multiformats/cid';
import { fromHex } from '#crypto/bytes.ts';
import { parseDescriptor } from '#datasets/descriptor.ts';
import { cidFromDigest } from '#protocol/dag.ts';
import { codeOf, startStage, type Stage } from './stage.ts';

describe('the metadata of tokens', function () {
  this.timeout(120_000);
  let stage: Stage;
  before(async () => {
    stage = await (await startStage()).reset();
  });
  after(() => stage.stop());

  it('are the CID of the descriptor, for the dataset and for its units alike', async () => {
    const { registry, accessToken } = stage.setting.contracts;
    for (const [index, { dataset, token }] of stage.listings.entries()) {
      const uri = await registry.read.tokenURI(BigInt(dataset));
      expect(await accessToken.read.uri(BigInt(token))).to.equal(uri);
      expect(uri).to.match(/^ipfs:\/\/f[0-9a-f]+$/);
      const cid = CID.parse(uri.slice('ipfs://'.length), base16);
      const { manifest } = await registry.read.datasetOf(BigInt(dataset));
      expect(cid.equals(cidFromDigest('raw', fromHex(manifest)))).to.equal(true);
      expect(parseDescriptor(await stage.store.get(cid)).name).to.equal(`clinic ${index}`);
    }
    expect(await codeOf(accessToken.read.uri(99n))).to.equal('escrow/unknown-offer');
    expect(await codeOf(registry.read.tokenURI(99n))).to.equal('escrow/unknown-dataset');
  });
});
