import { expect } from 'chai';
import { Interface, makeError, JsonRpcProvider } from 'ethers';
import { accessToken } from '#contracts/bindings/access-token.ts';
import { administration } from '#contracts/bindings/administration.ts';
import { datasetRegistry } from '#contracts/bindings/dataset-registry.ts';
import { disputes } from '#contracts/bindings/disputes.ts';
import { openingPolicy } from '#contracts/bindings/opening-policy.ts';
import { testCoin } from '#contracts/bindings/test-coin.ts';
import { trainingEscrow } from '#contracts/bindings/training-escrow.ts';
import { connect } from '#contracts/connect.ts';
import { chainError, decodeRefusal } from '#contracts/decode-error.ts';
import { deploymentSchema } from '#contracts/deployment.ts';
import {
  activations,
  claimsOf,
  openingsFor,
  readEvents,
  seatsOfDataset,
  seatsOfJob,
  settlementsOf,
} from '#contracts/events.ts';
import { refusals } from '#contracts/refusals.ts';
import { activeJob, leavesOf, settleRounds } from './job.ts';
import { at, floors, refusal, startWorld, type World } from './world.ts';

describe('reading a chain', () => {
  let world: World;
  before(async () => void (world = await startWorld()));
  beforeEach(() => world.reset());
  after(() => world.stop());

  describe('refusals', () => {
    it('have a code and a remedy for every error of our own contracts', () => {
      const library =
        /^(ERC|AccessManage|Address|FailedCall|InsufficientBalance|SafeCast|Ownable|ECDSA|SafeERC20|Reentrancy|InvalidShortString|StringTooLong|InvalidAccountNonce)/;
      const names = [
        accessToken,
        administration,
        datasetRegistry,
        disputes,
        openingPolicy,
        trainingEscrow,
        testCoin,
      ]
        .flatMap(({ abi }) => abi)
        .flatMap((fragment) => /^error (\w+)/.exec(fragment)?.[1] ?? []);
      expect(names).to.include('NotClosableBefore');
      const missing = names.filter((name) => !library.test(name) && !(name in refusals));
      expect(missing).to.deep.equal([]);
      const unused = Object.keys(refusals).filter((name) => !names.includes(name));
      expect(unused).to.deep.equal([]);
      const codes = Object.values(refusals).map(([code]) => code);
      expect(new Set(codes).size).to.equal(codes.length);
    });

    it('keep what they can’t explain', () => {
      expect(decodeRefusal('0x')).to.include({ code: 'escrow/refused' });
      expect(decodeRefusal('0xdeadbeef').message).to.contain('0xdeadbeef');
      const panic = new Interface(['error Panic(uint256)']).encodeErrorResult('Panic', [0x11]);
      expect(decodeRefusal(panic).message).to.contain('Panic');
      const said = new Interface(['error Error(string)']).encodeErrorResult('Error', ['not today']);
      expect(decodeRefusal(said).message).to.contain('not today');
      const cut = new Interface(trainingEscrow.abi).encodeErrorResult('NoSuchJob', [5n]).slice(0, -2);
      expect(decodeRefusal(cut).code).to.equal('escrow/refused');
    });

    it('leave coded errors alone and give others a code', () => {
      const coded = decodeRefusal('0x');
      expect(chainError(coded, 'x')).to.equal(coded);
      expect(chainError(new Error('odd'), 'a thing')).to.include({ code: 'chain/failed' });
      expect(chainError(Object.assign(new Error('x'), { code: 'ECONNRESET' }), 'x').code).to.equal(
        'chain/unreachable',
      );
    });

    it('say what the node said, without the transaction', () => {
      const refused = makeError('could not coalesce error', 'UNKNOWN_ERROR', {
        ...{ payload: { params: ['0x02f8ab'] }, error: { code: -32003, message: 'odd nonce' } },
        info: { error: { code: -32003, message: 'odd nonce' }, transaction: '0x02f8ab' },
      });
      expect(refused.message).to.contain('0x02f8ab');
      expect(chainError(refused, 'a transaction').message).to.equal(
        'The chain refused a transaction: could not coalesce error: odd nonce',
      );
    });
  });

  describe('events', () => {
    it('are found by coordinator, dataset and job, in the order of the chain', async () => {
      const job = await activeJob(world, {
        rounds: 2,
        seats: [
          { price: 3n, units: 1 },
          { price: 4n, units: 2 },
        ],
      });
      const rounds = await settleRounds(world, job, 2, (round) => leavesOf([1, round]));
      const last = at(rounds, 1);
      await world.chain.mineAt(last.readyAt);
      await world.stranger.contracts.escrow.send.claimFor(
        job.job,
        last.record,
        at(last.tree.leaves, 1),
        last.tree.proof(1),
      );

      const contracts = connect(world.deployment, world.chain.provider);
      const openings = await openingsFor(contracts, world.coordinator.address);
      expect(openings.map(({ args }) => args.job)).to.deep.equal([job.job]);
      expect(await openingsFor(contracts, world.stranger.address)).to.deep.equal([]);
      expect((await activations(contracts)).map(({ args }) => args)).to.deep.equal([
        { job: job.job, seats: 2 },
      ]);
      expect((await seatsOfJob(contracts, job.job)).map(({ args }) => args.seat)).to.deep.equal([0, 1]);
      const ofSecond = await seatsOfDataset(contracts, at(job.listings, 1).dataset);
      expect(ofSecond.map(({ args }) => [args.job, args.seat, args.price])).to.deep.equal([[job.job, 1, 4n]]);
      const settled = await settlementsOf(contracts, job.job);
      expect(settled.map(({ args }) => args.head)).to.deep.equal(rounds.map(({ head }) => head));
      expect(at(settled, 1).transaction).to.equal(last.mined.transaction);
      expect(at(settled, 1).block).to.equal(last.mined.block);
      expect((await claimsOf(contracts, job.job)).map(({ args }) => args.amount)).to.deep.equal([8n]);
      const later = { from: last.mined.block };
      expect((await settlementsOf(contracts, job.job, later)).map(({ args }) => args.round)).to.deep.equal([
        2,
      ]);
      const earlier = { to: last.mined.block - 1 };
      expect((await settlementsOf(contracts, job.job, earlier)).map(({ args }) => args.round)).to.deep.equal([
        1,
      ]);
    });

    it('are read page by page, smaller where the node refuses', async () => {
      const job = await activeJob(world, { rounds: 2, seats: [{ price: 3n, units: 1 }] });
      await settleRounds(world, job, 2, () => leavesOf([1]));
      const head = await world.chain.provider.getBlockNumber();
      const asked: number[] = [];
      const provider = {
        getBlockNumber: () => Promise.resolve(12_000),
        getLogs: async (filter: { fromBlock: number; toBlock: number }) => {
          const blocks = filter.toBlock - filter.fromBlock + 1;
          asked.push(blocks);
          if (blocks > 2_000) throw new Error('range too large');
          if (filter.fromBlock > head) return [];
          return world.chain.provider.getLogs({ ...filter, toBlock: Math.min(filter.toBlock, head) });
        },
      } as unknown as JsonRpcProvider;
      const contracts = connect(world.deployment, provider);
      const found = await readEvents(contracts, contracts.escrow, 'RoundSettled', { job: job.job });
      expect(found.map(({ args }) => args.round)).to.deep.equal([1, 2]);
      expect(asked.slice(0, 3)).to.deep.equal([5_000, 2_500, 1_250]);
      const refusing = {
        getBlockNumber: () => Promise.resolve(12_000),
        getLogs: () => Promise.reject(new Error('no logs here')),
      } as unknown as JsonRpcProvider;
      expect(await refusal(settlementsOf(connect(world.deployment, refusing), job.job))).to.match(
        /^chain\/failed .*no logs here/,
      );
    });
  });

  describe('deployment', () => {
    it('is a record that its schema admits, of contracts that know each other', async () => {
      expect(deploymentSchema.parse(JSON.parse(JSON.stringify(world.deployment)))).to.deep.equal(
        world.deployment,
      );
      const { escrow, policy, accessToken: units } = connect(world.deployment, world.chain.provider);
      expect(await escrow.read.accessToken()).to.equal(world.deployment.accessToken);
      expect(await escrow.read.registry()).to.equal(world.deployment.registry);
      expect(await escrow.read.paymentToken()).to.equal(world.deployment.paymentToken);
      expect(await units.read.registry()).to.equal(world.deployment.registry);
      expect(await units.read.paymentToken()).to.equal(world.deployment.paymentToken);
      expect([
        await policy.read.minRoundTimeout(),
        await policy.read.minShortWindow(),
        await policy.read.minLongWindow(),
      ]).to.deep.equal([floors.minRoundTimeout, floors.minShortWindow, floors.minLongWindow]);
    });
  });
});
