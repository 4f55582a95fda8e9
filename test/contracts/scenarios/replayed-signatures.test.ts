import { expect } from 'chai';
import { deployContract } from '#contracts/artifact.ts';
import { connectAs } from '#contracts/connect.ts';
import { deploy } from '#contracts/deploy.ts';
import { digestOfText } from '#test/support/cohort.ts';
import { disputesOf } from '../dispute.ts';
import { activeJob, noQuorum, quorumOf, settle, settlement } from '../job.ts';
import { hostileToken } from '../mocks.ts';
import {
  ARBITER_FEE,
  FUNDS,
  at,
  disputeWindows,
  floors,
  refusal,
  startWorld,
  type Actor,
  type World,
} from '../world.ts';

/** Not the test coin, which is refused on every chain but the local one. */
const start = (chainId: number) =>
  startWorld(
    async (chain) => (await deployContract(at(chain.accounts, 0).transactor, hostileToken, [])).created,
    { chainId, bonds: true },
  );
const FAR = 10n ** 10n;
const root = digestOfText('root');
const plan = { rounds: 3, seats: [1, 2, 3].map(() => ({ price: 5n, units: 3 })) };

describe('scenario: a quorum’s signatures are replayed elsewhere', () => {
  let world: World;
  before(async () => void (world = await start(31_337)));
  beforeEach(() => world.reset());
  after(() => world.stop());

  async function signed(on: World = world) {
    const job = await activeJob(on, plan);
    const given = settlement(job, 1, root, [0, 1, 2]);
    return { job, given, quorum: quorumOf(on, job, given, [0, 1, 2], FAR) };
  }

  it('in another attempt and in the next round', async () => {
    const { job, given, quorum } = await signed();
    expect(await refusal(settle(world, job, { ...given, attempt: 2 }, quorum))).to.match(
      /^escrow\/bad-attestation/,
    );
    await settle(world, job, given, quorum);
    expect(await refusal(settle(world, job, { ...given, round: 2 }, quorum))).to.match(
      /^escrow\/bad-attestation/,
    );
  });

  it('in another job of the same seats', async () => {
    const { given, quorum } = await signed();
    const { job: other } = await signed();
    expect(await refusal(settle(world, other, given, quorum))).to.match(/^escrow\/bad-attestation/);
    await settle(world, other, given, noQuorum);
  });

  it('in another escrow on the same chain', async () => {
    const { given, quorum } = await signed();
    const twin = await secondDeployment();
    const { job, quorum: own } = await signed(twin);
    expect(job.job).to.equal(1n);
    expect(await refusal(settle(twin, job, given, quorum))).to.match(/^escrow\/bad-attestation/);
    await settle(twin, job, given, own);
  });

  it('at the same address on another chain', async () => {
    const { job, given, quorum } = await signed();
    const away = await start(31_338);
    try {
      const { job: same, quorum: own } = await signed(away);
      expect(away.deployment.escrow).to.equal(world.deployment.escrow);
      expect([same.job, given]).to.deep.equal([job.job, settlement(same, 1, root, [0, 1, 2])]);
      expect(await refusal(settle(away, same, given, quorum))).to.match(/^escrow\/bad-attestation/);
      await settle(away, same, given, own);
    } finally {
      await away.stop();
    }
  });

  it('the dispute of one deployment says nothing in another', async () => {
    const { job, given, quorum } = await signed();
    const settled = await settle(world, job, given, quorum);
    const twin = await secondDeployment();
    await signed(twin);
    const elsewhere = disputesOf(twin, { job: job.job });
    expect(await refusal(elsewhere.challenge(settled))).to.match(/^escrow\/not-the-settlement/);
  });

  async function secondDeployment(): Promise<World> {
    const { paymentToken } = world.deployment;
    const governance = { arbiter: { address: world.arbiter.address, fee: ARBITER_FEE } };
    const options = { ...disputeWindows, paymentToken, governance };
    const deployment = await deploy(world.deployer.transactor, floors, options);
    const as = (actor: Actor): Actor => ({ ...actor, contracts: connectAs(deployment, actor.transactor) });
    const { accessToken, paymentToken: coin } = as(world.buyer).contracts;
    for (const spender of [deployment.accessToken, deployment.escrow])
      await coin.send.approve(spender, FUNDS);
    await accessToken.send.setApprovalForAll(deployment.escrow, true);
    const { deployer, buyer, coordinator, stranger, arbiter, owners } = world;
    return {
      ...world,
      ...{ deployment, deployer: as(deployer), buyer: as(buyer), coordinator: as(coordinator) },
      ...{ stranger: as(stranger), arbiter: as(arbiter), owners: owners.map(as) },
    };
  }
});
