/** What the administration of a deployment can do, all of it: no money moves, no open job feels it, delays hold. protocol.md §5.7 */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { Interface } from 'ethers';
import { restrictedBy } from '#contracts/administer.ts';
import { administration as administrationAbi } from '#contracts/bindings/administration.ts';
import { openingPolicy } from '#contracts/bindings/opening-policy.ts';
import { connectAs } from '#contracts/connect.ts';
import { deploy } from '#contracts/deploy.ts';
import { change, changeState } from '#contracts/governing.ts';
import { contractAbis } from '#contracts/wiring.ts';
import type { Address, Hex } from '#protocol/units.ts';
import { activeJob, leavesOf, opening, openJob, settleRounds, type TestJob } from './job.ts';
import { ARBITER_FEE, floors, refusal, startWorld, type World } from './world.ts';

const FEE = 123;
const WEEK = 604_800;
const everyone = `0x${'00'.repeat(20)}` as Address;

/** The modifiers of every function, from the syntax trees, as the compilation left them. */
function guards(): [name: string, modifiers: readonly string[]][] {
  const file = new URL('../../contracts/artifacts/stamp.json', import.meta.url);
  const stamp = JSON.parse(readFileSync(file, 'utf8')) as { guards: Record<string, readonly string[]> };
  return Object.entries(stamp.guards);
}

describe('the administration', function () {
  this.timeout(180_000);
  let world: World;
  let running: TestJob;
  let waiting: TestJob;

  before(async () => {
    world = await startWorld();
  });
  after(() => world.stop());
  beforeEach(() => world.reset());

  /** A job under way with a claimed round and a pending one, one that is open, and credits of a cancelled one. */
  async function fund(): Promise<void> {
    const { policy } = world.deployer.contracts;
    await policy.send.setFee(FEE);
    const seats = [
      { price: 1_000n, units: 4 },
      { price: 3_333n, units: 3 },
    ];
    running = await activeJob(world, { rounds: 4, bonusPool: 4_000n, seats, fee: FEE });
    const [first] = await settleRounds(world, running, 1, () => leavesOf([1, 1], [500n, 500n]));
    await world.chain.mineAt(first!.readyAt);
    const { record, tree } = first!;
    await world.stranger.contracts.escrow.send.claimFor(running.job, record, tree.leaves[0]!, tree.proof(0));
    await settleRounds(world, running, 1, () => leavesOf([2, 2], [1_000n, 1_000n]));
    waiting = await openJob(world, { rounds: 2, seats: [{ price: 777n, units: 2 }], fee: FEE });
    const cancelled = await openJob(world, { rounds: 2, seats: [{ price: 55n, units: 2 }], fee: FEE });
    await world.buyer.contracts.escrow.send.cancel(cancelled.job);
  }

  /** All money that there is, and all that a job holds. */
  async function everything(): Promise<object> {
    const { escrow, paymentToken, disputes, accessToken } = world.stranger.contracts;
    const people = [
      world.deployer,
      world.buyer,
      world.coordinator,
      world.stranger,
      world.arbiter,
      ...world.owners,
    ];
    const { deployment } = world;
    const places = [deployment.escrow, deployment.accessToken, deployment.disputes, deployment.policy];
    const accounts = [...people.map(({ address }) => address), ...places, deployment.administration];
    const jobs = [running, waiting];
    return {
      balances: await Promise.all(accounts.map((account) => paymentToken.read.balanceOf(account))),
      credits: await Promise.all(accounts.map((account) => escrow.read.credits(account))),
      bonds: await Promise.all(accounts.map((account) => disputes.read.credits(account))),
      units: await Promise.all(
        [running, waiting].flatMap(({ listings }) =>
          listings.map(({ tokenId }) => accessToken.read.balanceOf(world.buyer.address, tokenId)),
        ),
      ),
      jobs: await Promise.all(jobs.map(({ job }) => escrow.read.jobOf(job))),
      seats: await Promise.all(
        jobs.flatMap(({ job, seats }) => seats.map((_, seat) => escrow.read.seatOf(job, seat))),
      ),
      heads: await Promise.all([1, 2].map((round) => escrow.read.headOf(running.job, round))),
      bond: await disputes.read.bondOf(running.job),
    };
  }

  /** One call of each function that anybody needs a role for, with all rights. */
  function powers(): Readonly<Record<string, () => Promise<unknown>>> {
    const { administration: manager, policy } = world.deployer.contracts;
    const { deployment, stranger, arbiter } = world;
    const to = deployment.policy;
    const later = { data: policy.encode.setFee(77), when: 0 };
    const selector = policy.encode.setFee(1).slice(0, 10) as Hex;
    return {
      'OpeningPolicy.setFee': () => policy.send.setFee(500),
      'OpeningPolicy.listArbiter': () => policy.send.listArbiter(arbiter.address, ARBITER_FEE * 9n),
      'OpeningPolicy.removeArbiter': () => policy.send.removeArbiter(arbiter.address),
      'OpeningPolicy.setPaused': () => policy.send.setPaused(true),
      'AccessManager.labelRole': () => manager.send.labelRole(9n, 'nine'),
      'AccessManager.grantRole': () => manager.send.grantRole(9n, stranger.address, 0),
      'AccessManager.revokeRole': () => manager.send.revokeRole(9n, stranger.address),
      'AccessManager.setRoleAdmin': () => manager.send.setRoleAdmin(9n, 8n),
      'AccessManager.setRoleGuardian': () => manager.send.setRoleGuardian(9n, 8n),
      'AccessManager.setGrantDelay': () => manager.send.setGrantDelay(9n, 5),
      'AccessManager.setTargetFunctionRole': () => manager.send.setTargetFunctionRole(to, [selector], 1n),
      'AccessManager.setTargetAdminDelay': () => manager.send.setTargetAdminDelay(to, 5),
      'AccessManager.schedule': () => manager.send.schedule(to, later.data, later.when),
      'AccessManager.cancel': () => manager.send.cancel(world.deployer.address, to, later.data),
      // The policy passes to another manager: its own way out.
      'AccessManager.updateAuthority': () => manager.send.updateAuthority(to, deployment.administration),
      'AccessManager.setTargetClosed': () => manager.send.setTargetClosed(to, true),
      'AccessManager.multicall': () => manager.send.multicall([manager.encode.labelRole(7n, 'seven')]),
    };
  }

  it('is the policy and its manager: no other function of ours asks for a role', () => {
    const found = guards();
    const having = (guard: string) =>
      found.flatMap(([name, modifiers]) => (modifiers.includes(guard) ? [name] : []));
    const restricted = having('restricted');
    expect([...restricted].sort()).to.deep.equal(
      [...restrictedBy.conditions, ...restrictedBy.pause].map((name) => `OpeningPolicy.${name}`).sort(),
    );
    // The guards that name a person; a new one has to be argued here.
    const named = new Set(found.flatMap(([, modifiers]) => modifiers));
    expect([...named].filter((one) => /only|auth|restrict|admin|owner|role/i.test(one)).sort()).to.deep.equal(
      [...['onlyAuthorized', 'onlyDisputes', 'restricted']],
    );
    expect([...having('onlyDisputes')].sort()).to.deep.equal([
      ...['Challenges.freeze', 'Challenges.uphold', 'Challenges.void'],
    ]);
    const managed = having('onlyAuthorized');
    expect(managed).to.include('AccessManager.grantRole');
    expect(managed.filter((name) => !name.startsWith('AccessManager.'))).to.deep.equal([]);
    const covered = Object.keys(powers());
    expect(covered).to.include.members([...restricted, ...managed]);
    for (const [place, { name, abi }] of Object.entries(contractAbis)) {
      const known = new Interface(abi);
      const ruled = [
        'authority',
        'owner',
        'transferOwnership',
        'upgradeToAndCall',
        'implementation',
        'grantRole',
      ];
      const has = ruled.filter((one) => known.getFunction(one) !== null);
      const expected = { policy: ['authority'], administration: ['grantRole'] }[place] ?? [];
      expect(has, name).to.deep.equal(expected);
    }
  });

  it('moves no money and touches no open job, whatever it does with all its rights', async () => {
    await fund();
    const before = await everything();
    for (const [name, use] of Object.entries(powers())) {
      // The deployer schedules what it may do at once: only then does the manager take an announcement without a delay.
      await use();
      expect(await everything(), name).to.deep.equal(before);
    }
    // With the policy closed, paused, its arbiter removed and its fee another, both jobs go on to their ends.
    const { escrow, disputes } = world.buyer.contracts;
    await escrow.send.activate(waiting.job);
    const [second, third] = await settleRounds(world, running, 2, (round) => leavesOf([round, 3]));
    const { record, tree } = third!;
    const bond = await disputes.read.bondOf(running.job);
    await world.buyer.contracts.paymentToken.send.approve(world.deployment.disputes, bond);
    await disputes.send.challenge(running.job, record, second!.head);
    const { arbiter, arbiterFee } = await disputes.read.disputeOf(third!.head);
    expect([arbiter, arbiterFee]).to.deep.equal([world.arbiter.address, ARBITER_FEE]);
    await world.chain.mineAt(third!.readyAt + 1_000);
    await disputes.send.conclude(third!.head);
    await world.stranger.contracts.escrow.send
      .claimFor(running.job, second!.record, tree.leaves[0]!, second!.tree.proof(0))
      .then(
        () => expect.fail('a leaf of another tree'),
        () => undefined,
      );
    const leaf = second!.tree.leaves[0]!;
    await world.stranger.contracts.escrow.send.claimFor(
      running.job,
      second!.record,
      leaf,
      second!.tree.proof(0),
    );
    expect((await escrow.read.seatOf(running.job, 0)).claimedUnits).to.equal(3);
    await world.chain.mineAt(running.cutoff);
    await escrow.send.close(running.job);
    await escrow.send.withdraw();
  });

  it('can not make the manager pay, claim or void in anyone’s name', async () => {
    await fund();
    const { administration: manager, escrow, paymentToken, accessToken, disputes } = world.deployer.contracts;
    const before = await everything();
    const calls: readonly (readonly [Address, Hex])[] = [
      [escrow.address, escrow.encode.withdraw()],
      [escrow.address, escrow.encode.cancel(running.job)],
      [escrow.address, escrow.encode.void(running.job, 2)],
      [escrow.address, escrow.encode.uphold(running.job, 2)],
      [escrow.address, escrow.encode.activate(waiting.job)],
      [escrow.address, escrow.encode.rotateOperator(running.job, 0)],
      [disputes.address, disputes.encode.withdraw()],
      [accessToken.address, accessToken.encode.redeem(running.listings[0]!.tokenId, 1n)],
      [
        accessToken.address,
        accessToken.encode.redeemFrom(
          world.buyer.address,
          [running.listings[0]!.tokenId],
          [1n],
          world.deployer.address,
        ),
      ],
      [paymentToken.address, paymentToken.encode.transferFrom(escrow.address, world.deployer.address, 1n)],
      [paymentToken.address, paymentToken.encode.transfer(world.deployer.address, 1n)],
    ];
    for (const [target, data] of calls) {
      expect(await refusal(manager.send.execute(target, data)), data.slice(0, 10)).to.match(
        /^(escrow|chain)\//,
      );
      expect(await everything(), data.slice(0, 10)).to.deep.equal(before);
    }
  });

  it('obeys nobody without a role', async () => {
    const { policy, administration: manager } = world.stranger.contracts;
    const change = policy.encode.setFee(1);
    const to = policy.address;
    const own = { stranger: world.stranger.address, deployer: world.deployer.address };
    const attempts: Readonly<Record<string, () => Promise<unknown>>> = {
      setFee: () => policy.send.setFee(1),
      listArbiter: () => policy.send.listArbiter(own.stranger, 0n),
      removeArbiter: () => policy.send.removeArbiter(world.arbiter.address),
      setPaused: () => policy.send.setPaused(true),
      setAuthority: () => policy.send.setAuthority(world.deployment.administration),
      labelRole: () => manager.send.labelRole(9n, 'nine'),
      grantRole: () => manager.send.grantRole(0n, own.stranger, 0),
      revokeRole: () => manager.send.revokeRole(0n, own.deployer),
      setRoleAdmin: () => manager.send.setRoleAdmin(9n, 8n),
      setRoleGuardian: () => manager.send.setRoleGuardian(9n, 8n),
      setGrantDelay: () => manager.send.setGrantDelay(9n, 5),
      setTargetFunctionRole: () =>
        manager.send.setTargetFunctionRole(to, [change.slice(0, 10) as Hex], 2n ** 64n - 1n),
      setTargetAdminDelay: () => manager.send.setTargetAdminDelay(to, 5),
      setTargetClosed: () => manager.send.setTargetClosed(to, true),
      updateAuthority: () => manager.send.updateAuthority(to, everyone),
      schedule: () => manager.send.schedule(to, change, 0),
      execute: () => manager.send.execute(to, change),
      cancel: () => manager.send.cancel(own.deployer, to, change),
      multicall: () => manager.send.multicall([manager.encode.grantRole(0n, own.stranger, 0)]),
      consumeScheduledOp: () => manager.send.consumeScheduledOp(own.deployer, change),
      renounceRole: () => manager.send.renounceRole(0n, own.deployer),
    };
    const writes = [openingPolicy, administrationAbi]
      .flatMap(({ abi }) => new Interface(abi).fragments)
      .filter((fragment) => fragment.type === 'function' && !('constant' in fragment && fragment.constant))
      .map((fragment) => ('name' in fragment ? String(fragment.name) : ''));
    expect(Object.keys(attempts).sort(), 'every function that changes something').to.deep.equal(
      writes.sort(),
    );
    for (const [name, attempt] of Object.entries(attempts)) {
      expect(await refusal(attempt()), name).to.match(/^(escrow\/|chain\/)/);
    }
    expect(await policy.read.fee()).to.equal(0);
    expect(await changeState(world.stranger.contracts, own.stranger, change)).to.deep.equal({
      state: 'forbidden',
    });
  });

  it('asks for nothing that a job did not agree to, and opens none when paused', async () => {
    const { policy } = world.deployer.contracts;
    const { escrow } = world.buyer.contracts;
    const agreed = await opening(world);
    await policy.send.setFee(200);
    expect(await refusal(escrow.send.open(agreed))).to.match(/^escrow\/fee-differs .*agreed 0, asked 200/);
    await policy.send.listArbiter(world.arbiter.address, ARBITER_FEE + 1n);
    expect(await refusal(escrow.send.open({ ...agreed, fee: 200 }))).to.match(
      /^escrow\/arbiter-fee-differs /,
    );
    const now = { ...agreed, fee: 200, arbiterFee: ARBITER_FEE + 1n };
    await policy.send.setPaused(true);
    expect(await refusal(escrow.send.open(now))).to.match(/^escrow\/opening-is-paused /);
    await policy.send.setPaused(false);
    await escrow.send.open(now);
    await policy.send.removeArbiter(world.arbiter.address);
    expect(await refusal(escrow.send.open(now))).to.match(/^escrow\/arbiter-not-listed /);
    expect(await refusal(policy.send.setFee(501))).to.match(/^escrow\/fee-above-cap .*fee 501, cap 500/);
  });

  it('makes a change only after its delay and before it lapses, when the administrator has one', async () => {
    const delay = 1_000;
    const admin = world.stranger;
    const deployment = await deploy(world.deployer.transactor, floors, {
      governance: {
        admin: admin.address,
        delay,
        fee: 10,
        arbiter: { address: world.arbiter.address, fee: 3n },
      },
    });
    const contracts = connectAs(deployment, admin.transactor);
    const { policy, administration: manager } = contracts;
    const former = connectAs(deployment, world.deployer.transactor);
    expect(await policy.read.fee()).to.equal(10);
    expect(await refusal(former.policy.send.setFee(0)), 'the deployer').to.match(/^escrow\/not-authorized /);
    expect(await refusal(former.administration.send.grantRole(0n, world.deployer.address, 0))).to.match(
      /^escrow\//,
    );

    const data = policy.encode.setFee(20);
    expect(await changeState(contracts, admin.address, data)).to.deep.equal({ state: 'unannounced', delay });
    expect(await refusal(policy.send.setFee(20)), 'unannounced').to.match(/^escrow\/not-scheduled /);
    expect(await refusal(change(contracts, data, { makeOnly: true }))).to.match(/^escrow\/not-scheduled /);
    const announced = await change(contracts, data);
    if (announced.outcome !== 'announced') throw new Error(`it was ${announced.outcome}`);
    expect(announced.from).to.equal((await world.chain.now()) + delay);
    expect(announced.until).to.equal(announced.from + WEEK);
    expect(await refusal(policy.send.setFee(20)), 'too early').to.match(/^escrow\/not-ready /);
    expect(await refusal(change(contracts, data, { makeOnly: true }))).to.match(/^escrow\/not-ready /);
    expect(await change(contracts, data)).to.include({ outcome: 'waiting', operation: announced.operation });
    await world.chain.nextBlockAt(announced.from - 1);
    expect(await refusal(manager.send.execute(policy.address, data)), 'a second early').to.match(
      /^escrow\/not-ready /,
    );
    await world.chain.mineAt(announced.from);
    expect(await change(contracts, data, { makeOnly: true })).to.include({ outcome: 'made' });
    expect(await policy.read.fee()).to.equal(20);
    expect(await refusal(policy.send.setFee(20)), 'a second time').to.match(/^escrow\/not-scheduled /);

    const next = policy.encode.setFee(30);
    const lapses = await change(contracts, next);
    if (lapses.outcome !== 'announced') throw new Error(`it was ${lapses.outcome}`);
    await world.chain.nextBlockAt(lapses.until);
    expect(await refusal(manager.send.execute(policy.address, next)), 'lapsed').to.match(
      /^escrow\/announcement-expired /,
    );
    await world.chain.mineAt(lapses.until + 1);
    expect(await changeState(contracts, admin.address, next)).to.deep.equal({ state: 'unannounced', delay });
    expect(await policy.read.fee()).to.equal(20);

    const third = await change(contracts, next);
    if (third.outcome !== 'announced') throw new Error(`it was ${third.outcome}`);
    await manager.send.cancel(admin.address, policy.address, next);
    await world.chain.mineAt(third.from);
    expect(await refusal(policy.send.setFee(30)), 'cancelled').to.match(/^escrow\/not-scheduled /);

    // Pausing alone takes effect at once; and new roles wait like everything else.
    expect(await change(contracts, policy.encode.setPaused(true))).to.include({ outcome: 'made' });
    expect(await policy.read.paused()).to.equal(true);
    expect(await refusal(manager.send.grantRole(1n, world.buyer.address, 0))).to.match(
      /^escrow\/not-scheduled /,
    );
    expect(
      await refusal(manager.send.setTargetFunctionRole(policy.address, [data.slice(0, 10) as Hex], 2n)),
    ).to.match(/^escrow\/not-scheduled /);
  });
});
