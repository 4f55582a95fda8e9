/** The agent's decisions: never more than its cap, whatever happens in whatever order. */
import { expect } from 'chai';
import fc from 'fast-check';
import {
  committedOf,
  decide,
  startAgent,
  type AgentAction,
  type AgentEvent,
  type AgentState,
  type Goal,
} from '#buyer/agent/decide.ts';

const goal: Goal = { cap: 100n, metric: 'accuracy', target: 0.9, launches: 2, tries: 2 };

function play(events: readonly AgentEvent[], change: Partial<Goal> = {}) {
  const first = startAgent({ ...goal, ...change });
  let state: AgentState = first.state;
  const actions: AgentAction[] = [first.action];
  for (const event of events) {
    const decision = decide(state, event);
    ({ state } = decision);
    actions.push(decision.action);
  }
  return { state, actions, last: actions.at(-1) };
}

const launched: AgentEvent[] = [
  { type: 'offers', cost: 60n },
  { type: 'launched', launch: 1, rounds: 5 },
];
const round = (number: number, value: number, launch = 1): AgentEvent => ({
  type: 'round',
  launch,
  round: number,
  value,
});
const finished: AgentEvent = { type: 'finished', launch: 1 };

describe("an agent's decisions", () => {
  it('looks, launches what it found, and watches it', () => {
    const { actions, state } = play(launched);
    expect(actions).to.deep.equal([
      { type: 'look', limit: 100n },
      { type: 'launch', launch: 1, limit: 60n },
      { type: 'watch', launch: 1 },
    ]);
    expect(committedOf(state)).to.equal(60n);
  });

  it('refuses a goal that is none', () => {
    const bad: Partial<Goal>[] = [
      { cap: 0n },
      { target: Number.NaN },
      { launches: 0 },
      { tries: 0 },
      { tries: 1.5 },
      { launches: 101 },
    ];
    for (const change of bad) {
      expect(() => startAgent({ ...goal, ...change }))
        .to.throw()
        .with.property('code', 'agent/bad-goal');
    }
  });

  it('stops where nothing is for sale, or what is costs more than the cap', () => {
    expect(play([{ type: 'offers', cost: null }]).last).to.deep.equal({
      type: 'stop',
      reason: 'nothing-for-sale',
    });
    expect(play([{ type: 'offers', cost: 101n }]).last).to.deep.equal({
      type: 'stop',
      reason: 'cap-reached',
    });
    expect(play([{ type: 'offers', cost: -1n }]).last).to.deep.equal({ type: 'stop', reason: 'cap-reached' });
    expect(play([{ type: 'offers', cost: 100n }]).last).to.deep.equal({
      type: 'launch',
      launch: 1,
      limit: 100n,
    });
  });

  it('goes on with a launch of an earlier run, but not above the cap', () => {
    const begun = (cost: bigint, launch = 1): AgentEvent => ({ type: 'begun', launch, cost });
    expect(play([begun(70n)]).last).to.deep.equal({ type: 'launch', launch: 1, limit: 70n });
    expect(play([begun(101n)]).last).to.deep.equal({ type: 'stop', reason: 'cap-reached' });
    expect(play([begun(70n, 2)]).last).to.deep.equal({ type: 'wait' });
  });

  it('tries a failed launch again for the same money, and gives up', () => {
    const failed: AgentEvent = { type: 'failed', launch: 1 };
    const again = play([{ type: 'offers', cost: 60n }, failed]);
    expect(again.last).to.deep.equal({ type: 'launch', launch: 1, limit: 60n });
    expect(committedOf(again.state)).to.equal(60n);
    expect(play([{ type: 'offers', cost: 60n }, failed, failed]).last).to.deep.equal({
      type: 'stop',
      reason: 'launch-failed',
    });
  });

  it('cancels at the target, and stops when the job is over', () => {
    const { actions } = play([...launched, round(0, 0.5), round(1, 0.91), finished]);
    expect(actions.slice(3)).to.deep.equal([
      { type: 'wait' },
      { type: 'cancel', launch: 1 },
      { type: 'stop', reason: 'target-met' },
    ]);
    // The last round leaves nothing to cancel.
    const five = [0.1, 0.2, 0.3, 0.4, 0.5].map((value, at) => round(at, value));
    expect(play([...launched, ...five, round(5, 0.9)]).last).to.deep.equal({ type: 'wait' });
    expect(play([...launched, ...five, round(5, 0.9), finished]).last).to.deep.equal({
      type: 'stop',
      reason: 'target-met',
    });
  });

  it('knows that less of an error is better', () => {
    const change = { metric: 'logLoss', target: 0.2 } as const;
    expect(play([...launched, round(0, 0.21)], change).last).to.deep.equal({ type: 'wait' });
    expect(play([...launched, round(0, 0.2)], change).last).to.deep.equal({ type: 'cancel', launch: 1 });
    expect(play([...launched, round(0, Number.NaN)], change).last).to.deep.equal({ type: 'wait' });
  });

  it('takes no notice of what is late, doubled or of another launch', () => {
    const { state } = play([...launched, round(0, 0.5)]);
    const odd: AgentEvent[] = [
      round(0, 0.99),
      round(2, 0.99),
      round(1, 0.99, 2),
      { type: 'launched', launch: 1, rounds: 1 },
      { type: 'failed', launch: 1 },
      { type: 'offers', cost: 1n },
      { type: 'begun', launch: 2, cost: 1n },
      { type: 'finished', launch: 2 },
      { type: 'returned', launch: 1, amount: 60n },
      { type: 'returned', launch: 2, amount: 60n },
    ];
    for (const event of odd) {
      expect(decide(state, event)).to.deep.equal({ state, action: { type: 'wait' } });
    }
  });

  it('stays stopped', () => {
    const { state } = play([...launched, round(0, 0.95), finished]);
    for (const event of [...launched, round(1, 0.1), finished]) {
      expect(decide(state, event)).to.deep.equal({ state, action: { type: 'stop', reason: 'target-met' } });
    }
  });

  it('launches again with what is left, and with what came back', () => {
    const over = [...launched, round(0, 0.5), finished];
    expect(play(over).last).to.deep.equal({ type: 'look', limit: 40n });
    const back = play([
      ...over,
      { type: 'returned', launch: 1, amount: 25n },
      { type: 'returned', launch: 1, amount: 25n },
    ]);
    expect(committedOf(back.state)).to.equal(35n);
    const second = decide(back.state, { type: 'offers', cost: 65n });
    expect(second.action).to.deep.equal({ type: 'launch', launch: 2, limit: 65n });
    expect(second.state.history).to.deep.equal([]);
    expect(decide(back.state, { type: 'offers', cost: 66n }).action).to.deep.equal({
      type: 'stop',
      reason: 'cap-reached',
    });
    const more = play([...over, { type: 'returned', launch: 1, amount: 1_000n }]);
    expect(committedOf(more.state)).to.equal(0n);
    expect(committedOf(play([...over, { type: 'returned', launch: 1, amount: -5n }]).state)).to.equal(60n);
    expect(play([...over], { launches: 1 }).last).to.deep.equal({ type: 'stop', reason: 'rounds-used-up' });
    expect(play(over, { cap: 60n }).last).to.deep.equal({ type: 'stop', reason: 'cap-reached' });
  });

  const launchNumber = fc.integer({ min: 0, max: 4 });
  const money = fc.bigInt({ min: -20n, max: 140n });
  const anyEvent: fc.Arbitrary<AgentEvent> = fc.oneof(
    fc.record({ type: fc.constant('offers' as const), cost: fc.option(money) }),
    fc.record({ type: fc.constant('begun' as const), launch: launchNumber, cost: money }),
    fc.record({
      type: fc.constant('launched' as const),
      launch: launchNumber,
      rounds: fc.integer({ min: 1, max: 4 }),
    }),
    fc.record({ type: fc.constant('failed' as const), launch: launchNumber }),
    fc.record({
      type: fc.constant('round' as const),
      launch: launchNumber,
      round: fc.integer({ min: 0, max: 4 }),
      value: fc.double({ min: 0, max: 1 }),
    }),
    fc.record({ type: fc.constant('finished' as const), launch: launchNumber }),
    fc.record({ type: fc.constant('returned' as const), launch: launchNumber, amount: money }),
  );

  it('never commits more than its cap, under any events in any order', () =>
    fc.assert(
      fc.property(
        fc.array(anyEvent, { maxLength: 60 }),
        fc.bigInt({ min: 1n, max: 200n }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 3 }),
        (events, cap, launches, tries) => {
          // The ledger of one who sees only actions, and counts what a job gave back once, after it was left.
          const ledger = new Map<number, bigint>();
          const back = new Map<number, bigint>();
          const outstanding = () =>
            [...ledger].reduce((sum, [number, limit]) => sum + limit - (back.get(number) ?? 0n), 0n);
          const first = startAgent({ ...goal, cap, launches, tries });
          let { state } = first;
          for (const event of events) {
            const left =
              state.phase === 'looking' ||
              state.phase === 'done' ||
              (event.type === 'returned' && event.launch !== ledger.size);
            if (event.type === 'returned' && left && event.amount >= 0n && !back.has(event.launch)) {
              const limit = ledger.get(event.launch);
              if (limit !== undefined) back.set(event.launch, event.amount < limit ? event.amount : limit);
            }
            const decision = decide(state, event);
            ({ state } = decision);
            const { action } = decision;
            if (action.type === 'launch') {
              // Trying again is the same money.
              expect(ledger.get(action.launch) ?? action.limit).to.equal(action.limit);
              expect(action.limit >= 0n).to.equal(true);
              ledger.set(action.launch, action.limit);
            }
            if (action.type === 'look') expect(action.limit + outstanding() <= cap).to.equal(true);
            expect(outstanding() <= cap, `${outstanding()} of ${cap}`).to.equal(true);
            expect(committedOf(state)).to.equal(outstanding());
            expect(ledger.size).to.be.at.most(launches);
          }
        },
      ),
      { seed: 11, numRuns: 500 },
    ));
});
