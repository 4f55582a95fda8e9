import { expect } from 'chai';
import { list, refusal, startWorld, type World } from '../world.ts';

describe('scenario: tokens are sent to contracts that have no use for them', () => {
  let world: World;
  before(async () => void (world = await startWorld()));
  beforeEach(() => world.reset());
  after(() => world.stop());

  const places = () => [world.deployment.escrow, world.deployment.disputes, world.deployment.accessToken];

  it('a dataset does not get lost there by a safe transfer', async () => {
    const { dataset, owner } = await list(world, 0, 10n);
    const { registry } = owner.contracts;
    for (const place of places()) {
      const sent = registry.send.safeTransferFrom(owner.address, place, dataset);
      expect(await refusal(sent)).to.match(/ERC721InvalidReceiver/);
    }
    expect(await registry.read.ownerOf(dataset)).to.equal(owner.address);
  });

  it('units do not get lost there, alone or in a batch', async () => {
    const { tokenId } = await list(world, 0, 10n);
    const { accessToken } = world.buyer.contracts;
    await accessToken.send.buy(tokenId, 3n);
    for (const place of places()) {
      const one = accessToken.send.safeTransferFrom(world.buyer.address, place, tokenId, 1n, '0x');
      expect(await refusal(one)).to.match(/ERC1155InvalidReceiver/);
      const many = accessToken.send.safeBatchTransferFrom(world.buyer.address, place, [tokenId], [2n], '0x');
      expect(await refusal(many)).to.match(/ERC1155InvalidReceiver/);
    }
    expect(await accessToken.read.balanceOf(world.buyer.address, tokenId)).to.equal(3n);
  });

  it('nor does the chain’s own coin', async () => {
    for (const place of places()) {
      const { transactor } = world.buyer;
      expect(await refusal(transactor.send({ to: place, data: '0x', value: 1n }))).to.match(
        /^escrow\/refused/,
      );
    }
  });

  it('payment tokens sent by mistake change nobody’s credits', async () => {
    const { paymentToken, escrow, disputes } = world.buyer.contracts;
    for (const { address, read } of [escrow, disputes]) {
      await paymentToken.send.transfer(address, 77n);
      expect(await read.credits(world.buyer.address)).to.equal(0n);
    }
    expect(await refusal(escrow.send.withdraw())).to.match(/^escrow\/nothing-to-withdraw/);
    expect(await refusal(disputes.send.withdraw())).to.match(/^escrow\/no-bond-to-withdraw/);
  });
});
