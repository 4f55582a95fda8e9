/** The agent's runner on a real chain, with a coordinator that needs no network. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Goal } from '#buyer/agent/decide.ts';
import { runAgent, type AgentNews } from '#buyer/agent/run.ts';
import { runningOf } from '#buyer/running.ts';
import { readJobFacts } from '#contracts/job-facts.ts';
import { TributaryError } from '#crypto/error.ts';
import { FUNDS } from '#test/contracts/world.ts';
import { digestOfText } from '#test/support/cohort.ts';
import { fakeCoordinator, type Fake } from './fake-coordinator.ts';
import { codeOf, startStage, type Stage } from './stage.ts';
import { now } from './watching.ts';

describe("an agent's run", function () {
  this.timeout(60_000);
  let stage: Stage;
  before(async () => {
    stage = await startStage();
  });
  beforeEach(async () => {
    stage = await stage.reset();
  });
  after(() => stage.stop());

  const rows = Array.from({ length: 8 }, (_, at) => `${Math.sin(at)},${at % 3},1,${at % 2 ? 'yes' : 'no'}`);

  async function run(goal: Partial<Goal>, setting = stage.setting) {
    const heldOut = join(setting.home, 'held-out.csv');
    await writeFile(heldOut, `radius,texture,area,malignant\n${rows.join('\n')}\n`);
    const news: AgentNews[] = [];
    let fake: Fake | null = null;
    const template = { template: 'tabular-classifier', hidden: 3, filters: 1, image: null } as const;
    const coordinator = { address: stage.world.coordinator.address, url: 'http://127.0.0.1:7070' };
    const running = runningOf(coordinator, {
      ...{ phase: 10, enrolling: 10, roundTimeout: 50, short: 100, long: 1_000, duration: 10_000 },
      seed: digestOfText('seed'),
    });
    const report = await runAgent(
      setting,
      {
        name: 'agent',
        goal: { cap: 500n, metric: 'accuracy', target: 2, launches: 1, tries: 2, ...goal },
        wishes: {
          what: {
            model: { ...template, embedding: 1, length: 1 },
            training: {},
            heldOut: null,
            vocabulary: [],
          },
          ...{ label: 'malignant', columns: null, datasets: null, rounds: 2, bonusPool: 0n, running },
        },
        heldOut,
        patience: { firstMillis: 1, longestMillis: 2, pollMillis: 1, signal: new AbortController().signal },
        watching: { connect: () => (fake ??= fakeCoordinator(stage, 1)).api, now },
      },
      (one) => news.push(one),
    );
    const troubles = news.flatMap((one) => (one.kind === 'trouble' ? [one.code] : []));
    const actions = news.flatMap((one) => (one.kind === 'action' ? [one.action.type] : []));
    return { report, troubles, actions };
  }
  const spent = async () =>
    FUNDS - (await stage.setting.contracts.paymentToken.read.balanceOf(stage.setting.contracts.account));

  it('trains to the last round where the target is not met, within its cap', async () => {
    const { report, actions } = await run({});
    expect(report).to.include({ reason: 'rounds-used-up', job: 1, toReturn: 0n });
    expect(report.state.history).to.have.length(3);
    expect(await spent()).to.equal(172n);
    expect(actions.slice(0, 2)).to.deep.equal(['launch', 'watch']);
  });

  it('cancels at the target, and says what is still to come back and from when', async () => {
    const { report, actions } = await run({ target: 0 });
    expect(report).to.include({ reason: 'target-met', job: 1 });
    expect(actions.filter((action) => action === 'cancel')).to.have.length(1);
    expect(actions.at(-1)).to.equal('stop');
    const facts = await readJobFacts(stage.setting.contracts, 1);
    expect(facts.cutoff).to.be.below((await stage.world.chain.now()) + 51);
  });

  it('stops where its cap buys nothing, and spends nothing', async () => {
    const { report, troubles } = await run({ cap: 125n });
    expect(report).to.include({ reason: 'nothing-for-sale', job: null, toReturn: 0n, from: null });
    expect(troubles).to.deep.equal(['choice/budget-too-small']);
    expect(await spent()).to.equal(0n);
  });

  it('tries a launch that failed again, and gives up', async () => {
    const { contracts } = stage.setting;
    const away = () => Promise.reject(new TributaryError('chain/unreachable', 'the chain is away'));
    const accessToken = {
      ...contracts.accessToken,
      send: { ...contracts.accessToken.send, buyWithPermit: away },
    };
    const { report, troubles } = await run(
      {},
      { ...stage.setting, contracts: { ...contracts, accessToken } },
    );
    expect(report.reason).to.equal('launch-failed');
    expect(troubles).to.deep.equal(['chain/unreachable', 'chain/unreachable']);
    // What it had begun it goes on with, unless the cap is lower by now.
    expect((await run({ cap: 171n })).report.reason).to.equal('cap-reached');
    expect(await spent()).to.equal(0n);
    expect((await run({ cap: 172n })).report).to.include({ reason: 'rounds-used-up', job: 1 });
    expect(await spent()).to.equal(172n);
  });

  it('wants a goal', async () => {
    expect(await codeOf(run({ cap: 0n }))).to.equal('agent/bad-goal');
  });
});
