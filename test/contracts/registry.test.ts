import { expect } from 'chai';
import { digestOfText, operatorAddress } from '#test/support/cohort.ts';
import { toAddress, toBytes32 } from '#protocol/units.ts';
import { at, list, refusal, startWorld, type World } from './world.ts';

const ZERO_ADDRESS = toAddress(`0x${'00'.repeat(20)}`);
const ZERO_DIGEST = toBytes32(`0x${'00'.repeat(32)}`);

describe('dataset registry', () => {
  let world: World;
  before(async () => void (world = await startWorld()));
  beforeEach(() => world.reset());
  after(() => world.stop());

  const owner = () => at(world.owners, 0);
  const heir = () => at(world.owners, 1);

  it('numbers datasets from 1 and keeps manifest, operator and owner', async () => {
    await list(world, 0, 10n);
    const { registry } = heir().contracts;
    const mined = await registry.send.register(digestOfText('second'), operatorAddress(7));
    expect(at(registry.events('DatasetRegistered', mined.logs), 0).args).to.deep.equal({
      dataset: 2n,
      owner: heir().address,
      manifest: digestOfText('second'),
      operator: operatorAddress(7),
    });
    expect(await registry.read.datasetOf(2n)).to.deep.equal({
      manifest: digestOfText('second'),
      operator: operatorAddress(7),
      retired: false,
    });
    expect(await registry.read.ownerOf(2n)).to.equal(heir().address);
  });

  it('refuses a dataset without a descriptor or an operator', async () => {
    const { registry } = owner().contracts;
    expect(await refusal(registry.send.register(ZERO_DIGEST, operatorAddress(0)))).to.match(
      /^escrow\/zero-manifest/,
    );
    expect(await refusal(registry.send.register(digestOfText('a'), ZERO_ADDRESS))).to.match(
      /^escrow\/zero-operator/,
    );
  });

  it('lets the owner alone replace the operator', async () => {
    const { dataset } = await list(world, 0, 10n);
    const mined = await owner().contracts.registry.send.setOperator(dataset, operatorAddress(9));
    expect(at(owner().contracts.registry.events('OperatorSet', mined.logs), 0).args).to.deep.equal({
      dataset,
      operator: operatorAddress(9),
    });
    expect((await owner().contracts.registry.read.datasetOf(dataset)).operator).to.equal(operatorAddress(9));

    expect(
      await refusal(world.stranger.contracts.registry.send.setOperator(dataset, operatorAddress(8))),
    ).to.match(/^escrow\/not-dataset-owner .*dataset 1, caller 0x/);
    expect(await refusal(owner().contracts.registry.send.setOperator(dataset, ZERO_ADDRESS))).to.match(
      /^escrow\/zero-operator/,
    );
  });

  it('clears the operator when the dataset is sold, and the new owner sets its own', async () => {
    const { dataset } = await list(world, 0, 10n);
    const mined = await owner().contracts.registry.send.transferFrom(
      owner().address,
      heir().address,
      dataset,
    );
    expect(at(heir().contracts.registry.events('OperatorSet', mined.logs), 0).args.operator).to.equal(
      ZERO_ADDRESS,
    );
    expect(await heir().contracts.registry.read.standingOf(dataset)).to.deep.equal({
      operator: ZERO_ADDRESS,
      retired: false,
    });

    expect(await refusal(owner().contracts.registry.send.setOperator(dataset, operatorAddress(0)))).to.match(
      /^escrow\/not-dataset-owner/,
    );
    await heir().contracts.registry.send.setOperator(dataset, operatorAddress(5));
    expect((await heir().contracts.registry.read.standingOf(dataset)).operator).to.equal(operatorAddress(5));
  });

  it('retires for ever, by the owner alone', async () => {
    const { dataset } = await list(world, 0, 10n);
    expect(await refusal(world.stranger.contracts.registry.send.retire(dataset))).to.match(
      /^escrow\/not-dataset-owner/,
    );
    const mined = await owner().contracts.registry.send.retire(dataset);
    expect(owner().contracts.registry.events('DatasetRetired', mined.logs)).to.have.length(1);
    expect((await owner().contracts.registry.read.datasetOf(dataset)).retired).to.equal(true);

    expect(await refusal(owner().contracts.registry.send.retire(dataset))).to.match(
      /^escrow\/dataset-is-retired/,
    );
    expect(await refusal(owner().contracts.registry.send.setOperator(dataset, operatorAddress(1)))).to.match(
      /^escrow\/dataset-is-retired/,
    );
  });

  it('stays retired when it is sold', async () => {
    const { dataset } = await list(world, 0, 10n);
    await owner().contracts.registry.send.retire(dataset);
    await owner().contracts.registry.send.transferFrom(owner().address, heir().address, dataset);
    expect((await heir().contracts.registry.read.standingOf(dataset)).retired).to.equal(true);
  });

  it('knows no dataset that was never registered', async () => {
    const { registry } = owner().contracts;
    expect(await refusal(registry.read.datasetOf(1n))).to.match(/^escrow\/unknown-dataset/);
    expect(await refusal(registry.send.retire(1n))).to.match(/^escrow\/unknown-dataset/);
    expect(await registry.read.standingOf(1n)).to.deep.equal({ operator: ZERO_ADDRESS, retired: false });
  });
});
