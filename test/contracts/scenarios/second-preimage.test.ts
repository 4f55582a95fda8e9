import { expect } from 'chai';
import { AbiCoder, concat, keccak256 } from 'ethers';
import { toBytes32 } from '#protocol/units.ts';
import { activeJob, leavesOf, payoutTree, settle, settlement } from '../job.ts';
import { at, refusal, startWorld, type World } from '../world.ts';

describe('scenario: leaves that are second preimages', () => {
  let world: World;
  before(async () => void (world = await startWorld()));
  beforeEach(() => world.reset());
  after(() => world.stop());

  const types = ['uint256', 'uint32', 'uint32', 'uint96'];
  const encoded = (job: bigint, seat: number, units: number, bonus: bigint) =>
    AbiCoder.defaultAbiCoder().encode(types, [job, seat, units, bonus]);
  const pair = (a: string, b: string) =>
    toBytes32(keccak256(BigInt(a) < BigInt(b) ? concat([a, b]) : concat([b, a])));

  it('an inner node is no leaf: a shortened proof leads nowhere', async () => {
    const seats = Array.from({ length: 4 }, () => ({ price: 10n, units: 2 }));
    const job = await activeJob(world, { rounds: 2, seats });
    const tree = payoutTree(job.job, leavesOf([1, 1, 1, 1]));
    const { record, readyAt } = await settle(world, job, settlement(job, 1, tree.root, [0, 1, 2, 3]));
    await world.chain.mineAt(readyAt);
    const { send } = world.stranger.contracts.escrow;
    const leaf = at(tree.leaves, 2);
    const proof = tree.proof(2);
    for (const wrong of [
      proof.slice(1),
      proof.slice(0, -1),
      [],
      [...proof, at(proof, 0)],
      [...proof].reverse(),
    ]) {
      expect(await refusal(send.claimFor(job.job, record, leaf, wrong))).to.match(/^escrow\/not-in-payouts/);
    }
    await send.claimFor(job.job, record, leaf, proof);
  });

  it('a leaf that is hashed once, as a 64-byte or a 128-byte node would be, pays nothing', async () => {
    const job = await activeJob(world, { rounds: 2, seats: [{ price: 10n, units: 2 }] });
    const { send } = world.stranger.contracts.escrow;
    const leaf = { seat: 0, units: 1, bonus: 0n };
    const bytes = encoded(job.job, 0, 1, 0n);
    const once = toBytes32(keccak256(bytes));
    // 128 bytes are four words: as two nodes of 64 bytes they would be the children of `forged`.
    const halves = [`0x${bytes.slice(2, 130)}`, `0x${bytes.slice(130)}`].map((half) => keccak256(half));
    const forged = pair(at(halves, 0), at(halves, 1));
    for (const [round, root] of [once, forged].entries()) {
      const { record, readyAt } = await settle(world, job, settlement(job, round + 1, root, [0]));
      await world.chain.mineAt(readyAt);
      for (const proof of [[], [at(halves, 0)], [at(halves, 1)]]) {
        const claimed = send.claimFor(job.job, record, leaf, proof.map(toBytes32));
        expect(await refusal(claimed)).to.match(/^escrow\/not-in-payouts/);
      }
    }
  });

  it('a leaf is one job’s: the same tree under another job pays nothing', async () => {
    const plan = { rounds: 1, seats: [{ price: 10n, units: 1 }] };
    const first = await activeJob(world, plan);
    const second = await activeJob(world, plan);
    const tree = payoutTree(first.job, leavesOf([1]));
    const { record, readyAt } = await settle(world, second, settlement(second, 1, tree.root, [0]));
    await world.chain.mineAt(readyAt);
    const claimed = world.stranger.contracts.escrow.send.claimFor(
      second.job,
      record,
      at(tree.leaves, 0),
      tree.proof(0),
    );
    expect(await refusal(claimed)).to.match(/^escrow\/not-in-payouts/);
  });
});
