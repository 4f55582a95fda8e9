/** `tributary arbiter run` as a process of its own beside a real chain, a real IPFS process and evidence over HTTP. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { readEvents } from '#contracts/events.ts';
import type { Bytes32 } from '#protocol/units.ts';
import { eventually, type Watched } from '#test/cli/program.ts';
import { ARBITER_FEE } from '#test/contracts/world.ts';
import { digestOfText } from '#test/support/cohort.ts';
import { balanceOf, ended, openCase, startCourt, type Case, type Court } from './stage.ts';

describe('an arbiter', function () {
  this.timeout(300_000);
  let court: Court;
  let arbiter: Watched | null = null;
  before(async () => {
    court = await startCourt();
  });
  beforeEach(() => court.reset());
  afterEach(async () => {
    if (arbiter) await ended(arbiter, 'SIGKILL');
    arbiter = null;
  });
  after(() => court.stop());

  const start = async (...args: string[]): Promise<Watched> => {
    arbiter = court.arbiter(...args);
    await arbiter.until('ready');
    return arbiter;
  };
  const judge = (of: Case, ...args: string[]) =>
    court.as('arbiter', 'arbiter', 'judge', '--job', of.name, '--round', '1', ...args);
  /** A posted round that is disputed and defended. */
  async function defended(of: Case): Promise<Bytes32> {
    await of.post();
    const head = await of.challenge();
    await of.defend(head);
    return head;
  }
  /** The first second at which missing evidence is not waited for any more, of a window of 300. */
  const lastQuarter = async (of: Case) => (await of.dispute()).deadline - 75;
  const judgements = async (head: Bytes32) => {
    const { contracts } = court.stage.world.arbiter;
    return (await readEvents(contracts, contracts.disputes, 'Concluded', { head })).filter(
      ({ args }) => args.judged,
    );
  };

  it('voids a round with a false payout root, keeps the reason, and takes its fee', async () => {
    const of = await openCase(court, { payoutRoot: digestOfText('other payouts') });
    const { arbiter: account, stranger } = court.stage.world;
    const before = await balanceOf(account);
    const running = await start('--withdraw');
    const head = await defended(of);
    const judged = await running.until('judged');
    expect(judged).to.include({ job: of.name, round: 1, head, stands: false });
    expect(judged['why']).to.contain('payouts/other-root');
    expect((await of.dispute()).status).to.equal('voided');
    expect(await running.until('withdrawn')).to.include({ amount: String(ARBITER_FEE) });
    expect(await balanceOf(account)).to.equal(before + ARBITER_FEE);
    const { bond } = await of.dispute();
    const won = await stranger.contracts.disputes.read.credits(stranger.address);
    expect(won).to.equal(2n * bond - ARBITER_FEE);
    expect(await judgements(head)).to.have.lengthOf(1);

    await ended(running);
    const shown = await court.as('arbiter', 'arbiter', 'show', '--all');
    const [dispute] = shown['disputes'] as { judgement: { why: string } }[];
    expect(dispute?.judgement.why).to.equal(judged['why']);
    const kept = join(court.home('arbiter'), 'arbiter', 'judgements', `${head}.json`);
    expect(JSON.parse(readFileSync(kept, 'utf8'))).to.include({ head, stands: false });
    expect((await court.as('arbiter', 'arbiter', 'withdraw')).code).to.equal('escrow/no-bond-to-withdraw');
  });

  it('upholds a true round, and a challenger who lied loses exactly its bond', async () => {
    const of = await openCase(court);
    const { stranger, coordinator } = court.stage.world;
    const before = await balanceOf(stranger);
    const running = await start();
    const head = await defended(of);
    expect(await running.until('judged')).to.include({ head, stands: true });
    const { status, bond } = await of.dispute();
    expect(status).to.equal('stood');
    expect(await balanceOf(stranger)).to.equal(before - bond);
    const { disputes } = coordinator.contracts;
    expect(await disputes.read.credits(coordinator.address)).to.equal(2n * bond - ARBITER_FEE);
    expect(court.server.given).to.deep.equal([court.stage.world.arbiter.address]);
    const fee = await court.spawn('arbiter', 'arbiter', 'withdraw');
    expect(fee.json, fee.stderr).to.include({ event: 'withdrawn', amount: String(ARBITER_FEE) });
  });

  it('waits for evidence that can not be fetched, and voids the round when a quarter of the window is left', async () => {
    const of = await openCase(court);
    const head = await defended(of);
    court.server.give(null);
    const running = await start();
    expect((await running.until('waiting'))['why']).to.contain('coordinator/unreachable');
    expect((await of.dispute()).status).to.equal('defended');
    expect((await judge(of)).code).to.equal('arbiter/undecided');
    await court.stage.world.chain.mineAt(await lastQuarter(of));
    expect(await running.until('judged')).to.include({ head, stands: false });
  });

  it('says nothing while its own IPFS node is away, whatever the time, and judges when it is back', async () => {
    const of = await openCase(court);
    const head = await defended(of);
    await court.stopIpfs();
    const running = await start();
    await running.until('silent');
    await court.stage.world.chain.mineAt(await lastQuarter(of));
    expect((await judge(of)).code).to.equal('arbiter/undecided');
    expect((await of.dispute()).status).to.equal('defended');
    await court.startIpfs();
    expect(await running.until('judged')).to.include({ head, stands: true });
  });

  it('judges once, though it is killed between recomputing and judging', async () => {
    const of = await openCase(court, { payoutRoot: digestOfText('other payouts') });
    const { chain, arbiter: account } = court.stage.world;
    const head = await defended(of);
    const nonce = () => chain.provider.getTransactionCount(account.address, 'latest');
    const before = await nonce();
    await chain.provider.send('evm_setAutomine', [false]);
    try {
      const killed = await start();
      await killed.until('recomputed');
      await ended(killed, 'SIGKILL');
      const next = await start();
      const done = Promise.race([next.until('judged'), next.until('over')]);
      await eventually('the round is judged', async () => {
        await chain.provider.send('evm_mine', []);
        return (await of.dispute()).status === 'voided';
      });
      await chain.provider.send('evm_mine', []);
      expect(await done).to.include({ head });
    } finally {
      await chain.provider.send('evm_setAutomine', [true]);
    }
    expect(await judgements(head)).to.have.lengthOf(1);
    expect(await nonce()).to.equal(before + 1);
  });

  it('sends nothing in a dry run, and says what it would judge and why', async () => {
    const of = await openCase(court, { sum: true });
    const running = await start('--dry-run');
    await defended(of);
    const said = await running.until('recomputed');
    expect(said).to.include({ stands: false });
    expect(said['why']).to.contain('aggregate/differs');
    await running.until('over');
    const told = await judge(of, '--dry-run');
    expect(told).to.include({ event: 'dry-run', stands: false, round: 1 });
    expect(told['transactions']).to.have.lengthOf(1);
    expect((await of.dispute()).status).to.equal('defended');
  });

  it('is one process a home, with the key that the job names, and in time', async () => {
    const of = await openCase(court);
    const running = await start();
    const second = await court.spawn('arbiter', 'arbiter', 'run');
    expect(second.json['error']).to.include({ code: 'arbiter/running' });
    await ended(running);
    expect(await running.ended).to.equal(0);
    await of.post();
    const head = await of.challenge();
    expect((await judge(of, '--void')).code).to.equal('escrow/wrong-status');
    await of.defend(head);
    const other = ['arbiter', 'judge', '--job', of.name, '--round', '1', '--void'];
    const { address } = court.stage.world.stranger;
    expect((await court.as('arbiter', ...other, '--dry-run', '--from', address)).code).to.equal(
      'escrow/not-arbiter',
    );
    await court.stage.world.chain.mineAt((await of.dispute()).deadline + 1);
    expect((await judge(of, '--void')).code).to.equal('escrow/deadline-over');
    const late = await start();
    expect((await late.until('over'))['why']).to.contain('the time for a judgement is over');
    expect(await judgements(head)).to.deep.equal([]);
  });
});
