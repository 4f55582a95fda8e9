import { expect } from 'chai';
import { JsonRpcProvider, type Block, type Provider } from 'ethers';
import { abortAttempt, commitRoster, fixSurvivors } from '#contracts/attempt-outcomes.ts';
import { readAttempt, readCommitted, readSeed } from '#contracts/attempts.ts';
import { connect, type Contracts, type SendingContracts } from '#contracts/connect.ts';
import { deploy } from '#contracts/deploy.ts';
import { confirmationsFor, seedOffsetFor } from '#contracts/provider.ts';
import { digestOfText } from '#test/support/cohort.ts';
import { attemptsOf, rosterOf, someSurvivors } from './attempt.ts';
import { activeJob, noHead, type TestJob } from './job.ts';
import { at, floors, refusal, startWorld, type World } from './world.ts';

const plan = { rounds: 2, seats: [{ price: 10n, units: 2 }] };
const none = { outcome: 'none', roster: noHead, seedBlock: 0, survivors: noHead };

describe('reading an attempt', () => {
  let world: World;
  let job: TestJob;
  let attempts: ReturnType<typeof attemptsOf>;
  let contracts: Contracts;
  before(async () => void (world = await startWorld()));
  beforeEach(async () => {
    await world.reset();
    job = await activeJob(world, plan);
    attempts = attemptsOf(world, job);
    contracts = connect(world.deployment, world.chain.provider);
  });
  after(() => world.stop());

  const id = (attempt = 1, round = 1) => ({ job: Number(job.job), round, attempt });
  const rpc = (method: string, ...params: unknown[]): Promise<unknown> =>
    world.chain.provider.send(method, params);
  const mine = (blocks: number) => rpc('anvil_mine', blocks);
  const outcomeAt = async (confirmations: number) =>
    (await readAttempt(contracts, id(), { confirmations })).outcome;

  it('tells every outcome, with what it has', async () => {
    expect(await readAttempt(contracts, id(2))).to.deep.equal(none);
    const { block } = await attempts.commit(1, 2);
    const running = { roster: rosterOf(2), seedBlock: block + 2, survivors: noHead };
    expect(await readAttempt(contracts, id(2))).to.deep.equal({ outcome: 'committed', ...running });
    await attempts.abort(1, 2);
    expect(await readAttempt(contracts, id(2))).to.deep.equal({ outcome: 'aborted', ...running });
    const later = await attempts.commit(1, 3);
    await attempts.fix(1, 3);
    expect(await readAttempt(contracts, id(3))).to.deep.equal({
      outcome: 'survivors',
      ...{ roster: rosterOf(3), seedBlock: later.block + 2, survivors: someSurvivors },
    });
    expect(await readAttempt(contracts, { ...id(3), job: 99 })).to.deep.equal(none);
    expect(await readAttempt(contracts, id(3, 2))).to.deep.equal(none);
  });

  it('believes a block when enough others stand on it', async () => {
    await attempts.commit(1, 1);
    const seen = [await outcomeAt(1), await outcomeAt(3)];
    await mine(1);
    seen.push(await outcomeAt(3));
    await mine(1);
    seen.push(await outcomeAt(3));
    expect(seen).to.deep.equal(['committed', 'none', 'none', 'committed']);
    await attempts.fix(1, 1);
    expect([await outcomeAt(1), await outcomeAt(2)]).to.deep.equal(['survivors', 'committed']);
  });

  it('is not taken in by a reorganisation of less depth', async () => {
    await attempts.commit(1, 1);
    await mine(2);
    await attempts.fix(1, 1);
    await mine(1);
    const before = [await outcomeAt(1), await outcomeAt(2), await outcomeAt(3)];
    expect(before).to.deep.equal(['survivors', 'survivors', 'committed']);
    await rpc('anvil_reorg', 2, []);
    expect(await outcomeAt(1)).to.equal('committed');
    await attempts.abort(1, 1);
    await mine(2);
    expect(await outcomeAt(3)).to.equal('aborted');
  });

  it('takes as many blocks as transactions of that chain wait for', async () => {
    const publicly = connect({ ...world.deployment, chainId: 1 }, world.chain.provider);
    const { block } = await attempts.commit(1, 1);
    await mine(10);
    expect(await readAttempt(publicly, id())).to.deep.equal(none);
    await mine(1);
    expect((await readAttempt(publicly, id())).seedBlock).to.equal(block + 2);
    expect([confirmationsFor(1), seedOffsetFor(1)]).to.deep.equal([12, 64]);
  });

  it('finds nothing in blocks older than the escrow', async () => {
    const latest = await world.chain.provider.getBlockNumber();
    const age = latest - world.deployment.blocks.escrow + 1;
    await attempts.commit(1, 1);
    expect(await outcomeAt(age + 2)).to.equal('none');
    expect(await outcomeAt(age + 1)).to.equal('none');
    expect(await outcomeAt(1)).to.equal('committed');
  });

  describe('the seed', () => {
    it('is the randomness of its block, once that is deep enough', async () => {
      const seedBlock = (await world.chain.provider.getBlockNumber()) + 2;
      const seed = () => readSeed(contracts, seedBlock, { confirmations: 2 });
      expect(await seed()).to.equal(null);
      await mine(2);
      expect(await seed()).to.equal(null);
      expect(await readSeed(contracts, seedBlock)).to.match(/^0x[0-9a-f]{64}$/);
      await mine(1);
      const hexBlock = `0x${seedBlock.toString(16)}`;
      const raw = (await rpc('eth_getBlockByNumber', hexBlock, false)) as { mixHash: string };
      expect(await seed()).to.equal(raw.mixHash);
      expect(await readSeed(contracts, seedBlock - 1)).not.to.equal(raw.mixHash);
    });

    it('comes with roster and survivors when the attempt has ended so', async () => {
      const { block } = await attempts.commit(1, 1);
      expect(await refusal(readCommitted(contracts, id()))).to.match(/^chain\/not-final .*"committed"/);
      await attempts.fix(1, 1);
      expect(await refusal(readCommitted(contracts, id(), { confirmations: 2 }))).to.match(
        /^chain\/not-final .*"committed"/,
      );
      await mine(1);
      expect(await readCommitted(contracts, id())).to.deep.equal({
        ...{ roster: rosterOf(1), seedBlock: block + 2, survivors: someSurvivors },
        randao: await readSeed(contracts, block + 2),
      });
      expect(await refusal(readCommitted(contracts, id(2)))).to.match(/^chain\/not-final .*"none"/);
    });

    it('is waited for even when the outcome is there first', async () => {
      await attempts.commit(1, 1);
      await attempts.fix(1, 1);
      expect(await refusal(readCommitted(contracts, id()))).to.match(/^chain\/not-final .*"survivors"/);
      await mine(1);
      expect((await readCommitted(contracts, id())).survivors).to.equal(someSurvivors);
    });

    /** The chain's own provider, some answers replaced. */
    function shown(changes: Partial<Provider>): Provider {
      const { provider } = world.chain;
      return { call: provider.call.bind(provider), ...changes } as unknown as Provider;
    }

    const seedWith = (randomness: (block: number) => string | null) => {
      const getBlock = (block: number) =>
        Promise.resolve({ prevRandao: randomness(block) } as unknown as Block);
      const provider = shown({ getBlock, getBlockNumber: () => Promise.resolve(100) });
      return readSeed(connect(world.deployment, provider), 90);
    };
    const word = (value: bigint) => `0x${value.toString(16).padStart(64, '0')}`;

    it('is refused where it is missing, a constant, or that of the block before', async () => {
      for (const constant of [0n, 1n, 2_500_000_000_000_000n, (1n << 64n) - 1n]) {
        const seed = seedWith((block) => word(block === 90 ? constant : BigInt(block) << 100n));
        expect(await refusal(seed)).to.match(/^chain\/no-randomness .*block 90 has 0x0/);
      }
      expect(await refusal(seedWith(() => null))).to.match(/^chain\/no-randomness .*block 90 has none/);
      expect(await refusal(seedWith(() => word(7n << 200n)))).to.match(
        /^chain\/no-randomness .*block 90 repeats that of its parent/,
      );
      const least = await seedWith((block) => word((1n << 64n) + BigInt(90 - block)));
      expect(least).to.equal(word(1n << 64n));
    });

    it('is refused of a deployment that reads it sooner than is safe on its chain', async () => {
      const { deployer, deployment, chain } = world;
      const hasty = await deploy(deployer.transactor, floors, {
        paymentToken: deployment.paymentToken,
        seedOffset: 1,
      });
      expect(await refusal(readSeed(connect(hasty, chain.provider), hasty.blocks.escrow))).to.match(
        /^chain\/no-randomness .*1 blocks after the roster, and 2 are needed/,
      );
      const elsewhere = connect({ ...deployment, chainId: 1 }, chain.provider);
      const seed = readSeed(elsewhere, deployment.blocks.escrow, { confirmations: 1 });
      expect(await refusal(seed)).to.match(/^chain\/no-randomness .*2 blocks .* 64 are needed/);
    });

    it('is not there yet where a node behind the same URL has not seen its block', async () => {
      const provider = shown({
        getBlockNumber: () => Promise.resolve(1_000),
        getBlock: (block) =>
          block === 899 || block === 901 ? world.chain.provider.getBlock(1) : Promise.resolve(null),
      });
      expect(await readSeed(connect(world.deployment, provider), 900)).to.equal(null);
      expect(await readSeed(connect(world.deployment, provider), 901)).to.equal(null);
    });

    it('fails with a code when no chain answers', async () => {
      const away = new JsonRpcProvider('http://127.0.0.1:1', 31_337, { staticNetwork: true });
      expect(await refusal(readSeed(connect(world.deployment, away), 1))).to.match(/^chain\/unreachable/);
      expect(await refusal(readAttempt(connect(world.deployment, away), id()))).to.match(
        /^chain\/unreachable/,
      );
      away.destroy();
      const noBlocks = shown({
        getBlockNumber: () => Promise.resolve(100),
        getBlock: () => Promise.reject(new Error('pruned')),
      });
      expect(await refusal(readSeed(connect(world.deployment, noBlocks), 90))).to.match(
        /^chain\/failed .*block (90|89): pruned/,
      );
    });
  });

  describe('sending again', () => {
    const sending = (): SendingContracts => world.coordinator.contracts;

    it('counts as done what stands there already', async () => {
      for (let tries = 0; tries < 2; tries += 1) await commitRoster(sending(), id(), rosterOf(1));
      for (let tries = 0; tries < 2; tries += 1) await abortAttempt(sending(), id());
      await commitRoster(sending(), id(), rosterOf(1));
      await commitRoster(sending(), id(2), rosterOf(2));
      for (let tries = 0; tries < 2; tries += 1) await fixSurvivors(sending(), id(2), someSurvivors);
      const found = [await readAttempt(contracts, id()), await readAttempt(contracts, id(2))];
      expect(found.map(({ outcome }) => outcome)).to.deep.equal(['aborted', 'survivors']);
      expect(at(found, 1).survivors).to.equal(someSurvivors);
    });

    it('is refused when something else stands there', async () => {
      expect(await refusal(fixSurvivors(sending(), id(), someSurvivors))).to.match(
        /^escrow\/not-committed .*outcome 0/,
      );
      expect(await refusal(abortAttempt(sending(), id()))).to.match(/^escrow\/not-committed .*outcome 0/);
      await commitRoster(sending(), id(), rosterOf(1));
      expect(await refusal(commitRoster(sending(), id(), rosterOf('other')))).to.match(
        /^escrow\/already-committed/,
      );
      expect(await refusal(commitRoster(sending(), id(2), rosterOf(2)))).to.match(/^escrow\/attempt-stands/);
      await fixSurvivors(sending(), id(), someSurvivors);
      expect(await refusal(fixSurvivors(sending(), id(), digestOfText('fewer')))).to.match(
        /^escrow\/not-committed .*outcome 2/,
      );
      expect(await refusal(abortAttempt(sending(), id()))).to.match(/^escrow\/not-committed .*outcome 2/);
    });
  });
});
