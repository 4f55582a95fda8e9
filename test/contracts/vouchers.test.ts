import { expect } from 'chai';
import { Signature, TypedDataEncoder } from 'ethers';
import { toBytes32 } from '#protocol/units.ts';
import { FUNDS, at, list, refusal, startWorld, type Actor, type World } from './world.ts';

describe('vouchers', () => {
  let world: World;
  before(async () => void (world = await startWorld()));
  beforeEach(() => world.reset());
  after(() => world.stop());

  const coins = (holder: Actor | string) =>
    world.buyer.contracts.paymentToken.read.balanceOf(
      (typeof holder === 'string' ? holder : holder.address) as Actor['address'],
    );
  const units = (holder: Actor, tokenId: bigint) =>
    world.buyer.contracts.accessToken.read.balanceOf(holder.address, tokenId);

  describe('buying with a permit', () => {
    async function permit(value: bigint, deadline: bigint) {
      const { paymentToken } = world.buyer.contracts;
      const domain = {
        name: 'Tributary Test Dollar',
        version: '1',
        chainId: world.deployment.chainId,
        verifyingContract: world.deployment.paymentToken,
      };
      const fields = [
        'owner address',
        'spender address',
        'value uint256',
        'nonce uint256',
        'deadline uint256',
      ];
      const Permit = fields.map((field) => {
        const [name = '', type = ''] = field.split(' ');
        return { name, type };
      });
      const message = {
        owner: world.buyer.address,
        spender: world.deployment.accessToken,
        value,
        nonce: await paymentToken.read.nonces(world.buyer.address),
        deadline,
      };
      const { v, r, s } = Signature.from(
        world.buyer.key.sign(TypedDataEncoder.hash(domain, { Permit }, message)),
      );
      return [deadline, v, toBytes32(r), toBytes32(s)] as const;
    }
    const FAR = 10n ** 12n;

    beforeEach(async () => {
      await world.buyer.contracts.paymentToken.send.approve(world.deployment.accessToken, 0n);
    });

    it('needs no earlier approval', async () => {
      const { tokenId } = await list(world, 0, 17n);
      await world.buyer.contracts.accessToken.send.buyWithPermit(tokenId, 2n, ...(await permit(34n, FAR)));
      expect(await units(world.buyer, tokenId)).to.equal(2n);
      expect(
        await world.buyer.contracts.paymentToken.read.allowance(
          world.buyer.address,
          world.deployment.accessToken,
        ),
      ).to.equal(0n);
    });

    it('works when somebody spent the permit first', async () => {
      const { tokenId } = await list(world, 0, 17n);
      const signed = await permit(34n, FAR);
      await world.stranger.contracts.paymentToken.send.permit(
        world.buyer.address,
        world.deployment.accessToken,
        34n,
        ...signed,
      );
      await world.buyer.contracts.accessToken.send.buyWithPermit(tokenId, 2n, ...signed);
      expect(await units(world.buyer, tokenId)).to.equal(2n);
    });

    it('buys nothing on a bad permit', async () => {
      const { tokenId } = await list(world, 0, 17n);
      const signed = await permit(33n, FAR);
      expect(
        await refusal(world.buyer.contracts.accessToken.send.buyWithPermit(tokenId, 2n, ...signed)),
      ).to.match(/^escrow\/allowance-too-low/);
      expect(
        await refusal(
          world.buyer.contracts.accessToken.send.buyWithPermit(9n, 2n, ...(await permit(34n, FAR))),
        ),
      ).to.match(/^escrow\/unknown-offer/);
    });
  });

  describe('redeeming', () => {
    it('pays the price back at any time: expired, retired, sold', async () => {
      const validUntil = (await world.chain.now()) + 1_000;
      const { tokenId, dataset, owner } = await list(world, 0, 17n, { validUntil: BigInt(validUntil) });
      const { accessToken } = world.buyer.contracts;
      await accessToken.send.buy(tokenId, 4n);
      await accessToken.send.safeTransferFrom(world.buyer.address, world.stranger.address, tokenId, 3n, '0x');
      await owner.contracts.registry.send.retire(dataset);
      await world.chain.nextBlockAt(validUntil + 100);
      const mined = await world.stranger.contracts.accessToken.send.redeem(tokenId, 2n);
      expect(at(accessToken.events('UnitsRedeemed', mined.logs), 0).args).to.deep.equal({
        holder: world.stranger.address,
        to: world.stranger.address,
        paid: 34n,
      });
      expect(await coins(world.stranger)).to.equal(FUNDS + 34n);
      expect(await units(world.stranger, tokenId)).to.equal(1n);
      expect(await coins(world.deployment.accessToken)).to.equal(34n);
    });

    it('refuses more units than are held, and none', async () => {
      const { tokenId } = await list(world, 0, 17n);
      const { accessToken } = world.buyer.contracts;
      await accessToken.send.buy(tokenId, 1n);
      expect(await refusal(accessToken.send.redeem(tokenId, 2n))).to.match(/^escrow\/units-not-owned/);
      expect(await refusal(accessToken.send.redeem(tokenId, 0n))).to.match(/^escrow\/zero-amount/);
      expect(await refusal(accessToken.send.redeem(77n, 1n))).to.match(/^escrow\/units-not-owned/);
    });

    it('lets an approved operator, and nobody else, burn units and send their price on', async () => {
      const first = await list(world, 0, 17n);
      const second = await list(world, 1, 100n);
      const { accessToken } = world.buyer.contracts;
      await accessToken.send.buy(first.tokenId, 2n);
      await accessToken.send.buy(second.tokenId, 1n);
      const redeem = () =>
        world.coordinator.contracts.accessToken.send.redeemFrom(
          world.buyer.address,
          [first.tokenId, second.tokenId],
          [2n, 1n],
          world.coordinator.address,
        );
      expect(await refusal(redeem())).to.match(/^escrow\/units-not-approved/);
      await accessToken.send.setApprovalForAll(world.coordinator.address, true);
      const { logs } = await redeem();
      expect(at(accessToken.events('UnitsRedeemed', logs), 0).args).to.deep.equal({
        holder: world.buyer.address,
        to: world.coordinator.address,
        paid: 134n,
      });
      expect(await coins(world.coordinator)).to.equal(134n);
      expect(await units(world.buyer, first.tokenId)).to.equal(0n);
      expect(await coins(world.deployment.accessToken)).to.equal(0n);
    });

    it('refuses lists of different lengths', async () => {
      const { tokenId } = await list(world, 0, 17n);
      const { accessToken } = world.buyer.contracts;
      await accessToken.send.buy(tokenId, 2n);
      expect(
        await refusal(
          accessToken.send.redeemFrom(world.buyer.address, [tokenId], [1n, 1n], world.buyer.address),
        ),
      ).to.match(/^escrow\/refused .*ERC1155InvalidArrayLength/);
    });
  });
});
