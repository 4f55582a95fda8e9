/** Where wallets find what a dataset and its units are. protocol.md §6.1; ERC-721 and ERC-1155, metadata extensions */
import { expect } from 'chai';
import { digestOfText } from '#test/support/cohort.ts';
import { at, list, refusal, startWorld, type World } from './world.ts';

describe('metadata', () => {
  let world: World;
  before(async () => void (world = await startWorld()));
  beforeEach(() => world.reset());
  after(() => world.stop());

  it('is the descriptor’s CID, of a dataset as of its units, and follows the manifest', async () => {
    const { registry, accessToken } = at(world.owners, 1).contracts;
    const digest = digestOfText('every digit, 0123456789abcdef');
    const { logs } = await registry.send.register(digest, at(world.owners, 1).address);
    const { dataset } = at(registry.events('DatasetRegistered', logs), 0).args;
    expect(await registry.read.tokenURI(dataset)).to.equal(`ipfs://f01551220${digest.slice(2)}`);
    const { tokenId, dataset: other } = await list(world, 1, 25n);
    const { manifest } = await registry.read.datasetOf(other);
    expect(await accessToken.read.uri(tokenId)).to.equal(`ipfs://f01551220${manifest.slice(2)}`);
    expect(await registry.read.tokenURI(other)).to.equal(await accessToken.read.uri(tokenId));
  });

  it('is nowhere for what nobody made', async () => {
    const { registry, accessToken } = world.buyer.contracts;
    expect(await refusal(registry.read.tokenURI(9n))).to.match(/^escrow\/unknown-dataset/);
    expect(await refusal(accessToken.read.uri(9n))).to.match(/^escrow\/unknown-offer/);
  });
});
