import { expect } from 'chai';
import { TributaryError } from '#crypto/error.ts';
import type { Attempt } from '#client/attempt.ts';
import { persist, type Patience } from '#client/backoff.ts';
import { followAttempt } from '#client/follow-attempt.ts';
import type { AttemptView } from '#protocol/attempt-view.ts';
import { asking } from '#protocol/http/retry-after.ts';
import { bench, benchAt } from './support/cohort.ts';
import { removeHomes } from './support/home.ts';
import { codeOf, nameOf, messageOf } from './support/outcome.ts';

const silent = { info: () => undefined, warn: () => undefined };
const patience = (signal = new AbortController().signal): Patience => ({
  first: 1,
  longest: 2,
  signal,
  log: silent,
});
const never = () => Promise.resolve(false);

/** Shows views one after another; the call that comes after the last ends the test. */
function script(views: readonly (AttemptView | Error)[]) {
  const asked: (readonly [number | undefined, number])[] = [];
  const watch = async (after: number | undefined, wait: number) => {
    asked.push([after, wait]);
    const next = views[asked.length - 1];
    if (!next) throw new Error('asked for more');
    if (next instanceof Error) throw next;
    return next;
  };
  return { asked, watch };
}
const away = new TributaryError('coordinator/unreachable', 'away');

describe('following an attempt', () => {
  afterEach(removeHomes);

  it('asks for a later view each time, and ends with the attempt', async () => {
    const { coordinator, attempts } = await bench({ members: [0] });
    const views = [
      coordinator.view('announced'),
      coordinator.view('enrolling', { revision: 4 }),
      coordinator.view('failed', { revision: 9 }),
    ];
    const { asked, watch } = script(views);
    await followAttempt(attempts[0]!, watch, never, patience());
    expect(asked).to.deep.equal([
      [undefined, 20],
      [1, 20],
      [4, 20],
    ]);
    expect(coordinator.sent.map(({ call }) => call)).to.deep.equal(['enrol']);
  });

  for (const phase of ['settled', 'aborted'] as const) {
    it(`ends with an attempt that is ${phase}`, async () => {
      const { coordinator, attempts } = await bench({ members: [0] });
      const proposal = {
        manifest: `0x${'00'.repeat(32)}`,
        payoutRoot: `0x${'00'.repeat(32)}`,
        total: '0',
        participants: '0x',
        deadline: 0,
        evidence: `0x${'00'.repeat(32)}`,
      };
      const extra = phase === 'settled' ? { proposal, transaction: `0x${'00'.repeat(32)}` } : {};
      const { asked, watch } = script([coordinator.view(phase, extra as never)]);
      await followAttempt(attempts[0]!, watch, never, patience());
      expect(asked).to.have.length(1);
    });
  }

  it('asks the chain when the coordinator shows nothing new, and ends where the round is over', async () => {
    const { coordinator, attempts } = await bench({ members: [0] });
    const view = coordinator.view('enrolling');
    const { asked, watch } = script([view, view, view]);
    let looks = 0;
    await followAttempt(attempts[0]!, watch, async () => ++looks === 2, patience());
    expect(asked).to.have.length(3);
    expect(looks).to.equal(2);
  });

  it('asks anew after a failure, by the chain first, and acts on the view that is then', async () => {
    const { coordinator, attempts } = await bench({ members: [0] });
    let looks = 0;
    const { asked, watch } = script([
      coordinator.view('announced'),
      away,
      away,
      coordinator.view('failed', { revision: 2 }),
    ]);
    await followAttempt(attempts[0]!, watch, async () => ++looks > 5, patience());
    expect(asked.map(([after]) => after)).to.deep.equal([undefined, 1, undefined, undefined]);
    expect(looks).to.equal(2);
  });

  it('does not cling to a view whose message was refused', async () => {
    const { coordinator, attempts } = await bench({ members: [0] });
    coordinator.onCall = () => {
      throw new TributaryError('attempt/wrong-phase', 'too late');
    };
    const { asked, watch } = script([
      coordinator.view('enrolling'),
      coordinator.view('failed', { revision: 2 }),
    ]);
    await followAttempt(attempts[0]!, watch, never, patience());
    expect(asked).to.have.length(2);
  });

  it('looks every few seconds for the aborts that a retry needs', async () => {
    const first = await benchAt('confirming');
    const second = await bench({ homes: first.homes, id: { job: 7, round: 1, attempt: 2 }, seed: 'second' });
    const view = second.coordinator.view('announced');
    const { asked, watch } = script([view, view, second.coordinator.view('failed', { revision: 2 })]);
    await followAttempt(second.attempts[0]!, watch, never, patience());
    expect(asked.map(([, wait]) => wait)).to.deep.equal([20, 2, 2]);
  });

  it('trains once where training fails, and says so once', async () => {
    const { coordinator, attempts } = await bench({ members: [0] });
    let trained = 0;
    const said: object[] = [];
    const train = () => {
      trained += 1;
      return Promise.reject(new TributaryError('model/not-finite', 'diverged'));
    };
    const attempt: Attempt = {
      ...attempts[0]!,
      train,
      log: { ...silent, warn: (facts) => void said.push(facts) },
    };
    const views = [
      coordinator.view('announced'),
      coordinator.view('enrolling', { revision: 2 }),
      coordinator.view('failed', { revision: 3 }),
    ];
    await followAttempt(attempt, script(views).watch, never, patience());
    expect(trained).to.equal(1);
    expect(said).to.deep.equal([{ round: 1, attempt: 1, phase: 'announced', code: 'model/not-finite' }]);
  });
});

describe('persistence', () => {
  it('tries again, longer apart, and says each reason once', async () => {
    const said: string[] = [];
    const log = {
      info: (facts: object) => void said.push(`info ${JSON.stringify(facts)}`),
      warn: (facts: object) => void said.push(JSON.stringify(facts)),
    };
    let tries = 0;
    const task = async () => {
      tries += 1;
      if (tries < 4) throw new TributaryError(tries === 3 ? 'ipfs/unreachable' : 'chain/unreachable', 'x');
      return 'done';
    };
    expect(await persist(task, { ...patience(), log })).to.equal('done');
    expect(said).to.deep.equal([
      '{"code":"chain/unreachable"}',
      '{"code":"ipfs/unreachable"}',
      'info {"code":"ipfs/unreachable"}',
    ]);
  });

  for (const code of [
    'journal/damaged',
    'journal/unreadable',
    'data/other-rows',
    'commitment/salt',
    'descriptor/invalid',
    'chain/other-chain',
    'client/locked',
  ]) {
    it(`gives up on ${code}`, async () => {
      let tries = 0;
      const task = () => {
        tries += 1;
        return Promise.reject(new TributaryError(code, 'x'));
      };
      expect(await codeOf(persist(task, patience()))).to.equal(code);
      expect(tries).to.equal(1);
    });
  }

  it('waits as long as the coordinator asks, and not past the end of the phase', async () => {
    const took = async (asked: string, left?: () => number) => {
      const busy = asking(new TributaryError('events/full', 'x'), new Headers({ 'retry-after': asked }));
      const [began, tries] = [performance.now(), [busy]];
      const task = () => (tries.length > 0 ? Promise.reject(tries.pop()!) : Promise.resolve());
      await persist(task, { ...patience(), ...(left && { left }) });
      return performance.now() - began;
    };
    expect(await took('1')).to.be.within(990, 1_900);
    expect(await took('1', () => 500)).to.be.within(990, 1_900);
    expect(await took('1', () => 0.05)).to.be.within(45, 900);
    // Asked for by who is late already: the wait is as long as it says.
    expect(await took('1', () => -3)).to.be.within(990, 1_900);
    expect(await took('0')).to.be.below(900);
  });

  it('gives up on a bug', async () => {
    const bug = () => Promise.reject(new TypeError('a bug'));
    expect(await messageOf(persist(bug, patience()))).to.equal('a bug');
  });

  it('ends with its signal, before a try and between two', async () => {
    const stop = new AbortController();
    let tries = 0;
    const task = () => {
      tries += 1;
      stop.abort();
      return Promise.reject(away);
    };
    const long = { ...patience(stop.signal), first: 3_600_000 };
    expect(await nameOf(persist(task, long))).to.equal('AbortError');
    expect(await nameOf(persist(task, long))).to.equal('AbortError');
    expect(tries).to.equal(1);
  });
});
