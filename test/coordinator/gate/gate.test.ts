/** When calls are tried, when they are not, and how many at a time. docs/operations-observability.md */
import { expect } from 'chai';
import fc from 'fast-check';
import { admit, closed, ended, type Breaker } from '#coordinator/gate/breaker.ts';
import { createGate, type GateTerms } from '#coordinator/gate/gate.ts';
import { secondsToWait } from '#coordinator/gate/retry-after.ts';
import { TributaryError } from '#crypto/error.ts';
import { runs } from '#test/support/runs.ts';
import { settle } from '../fakes.ts';

const terms: GateTerms = {
  failures: 3,
  openMillis: 10_000,
  concurrency: 2,
  waiting: 2,
  timeoutMillis: 60_000,
};
const away = () => new TributaryError('chain/unreachable', 'away');
const no = () => new TributaryError('message/bad-signature', 'no');

function gated(changes: Partial<GateTerms> = {}) {
  const clock = { now: 1_000 };
  const gate = createGate({
    terms: { ...terms, ...changes },
    isAway: (error) => error instanceof TributaryError && error.code === 'chain/unreachable',
    busy: 'chain/busy',
    late: away,
    now: () => clock.now,
  });
  const codeOf = async (call: () => Promise<unknown>): Promise<string> =>
    gate.run(call).then(
      () => 'done',
      (error: unknown) => (error instanceof TributaryError ? error.code : String(error)),
    );
  const fail = () => codeOf(() => Promise.reject(away()));
  const work = () => codeOf(() => Promise.resolve());
  return { clock, gate, codeOf, fail, work };
}

describe('a breaker', () => {
  it('lets nothing through after its failures in a row, until its time is over', async () => {
    const { clock, fail, work, gate } = gated();
    expect([await fail(), await fail(), await work()]).to.deep.equal([
      'chain/unreachable',
      'chain/unreachable',
      'done',
    ]);
    expect([await fail(), await fail(), await fail()]).to.deep.equal(Array(3).fill('chain/unreachable'));
    expect([await work(), gate.isClosed()]).to.deep.equal(['chain/busy', false]);
    clock.now += 9_999;
    expect(await work()).to.equal('chain/busy');
    clock.now += 1;
    expect([await work(), gate.isClosed()]).to.deep.equal(['done', true]);
  });

  it('says how long that is', async () => {
    const { clock, fail, gate } = gated({ failures: 1 });
    await fail();
    clock.now += 2_500;
    const error = await gate.run(() => Promise.resolve()).catch((refused: unknown) => refused);
    expect(secondsToWait(error as Error)).to.equal(8);
    expect(secondsToWait(away())).to.equal(5);
  });

  it('tries one call then, and no other until that has ended', async () => {
    const { clock, fail, work, codeOf } = gated({ failures: 1 });
    await fail();
    clock.now += 10_000;
    let end: () => void = () => undefined;
    const probe = codeOf(() => new Promise<void>((resolve) => (end = resolve)));
    await settle();
    expect(await work()).to.equal('chain/busy');
    end();
    expect([await probe, await work()]).to.deep.equal(['done', 'done']);
  });

  it('opens again where that call fails', async () => {
    const { clock, fail, work } = gated({ failures: 2 });
    await fail();
    await fail();
    clock.now += 10_000;
    expect([await fail(), await work()]).to.deep.equal(['chain/unreachable', 'chain/busy']);
  });

  it('takes a refusal for the answer that it is', async () => {
    const { codeOf, work } = gated({ failures: 1 });
    expect(await codeOf(() => Promise.reject(no()))).to.equal('message/bad-signature');
    expect(await work()).to.equal('done');
  });

  it('takes a call that is late for a failure', async () => {
    const { codeOf, work } = gated({ failures: 1, timeoutMillis: 5 });
    expect(await codeOf(() => new Promise(() => undefined))).to.equal('chain/unreachable');
    expect(await work()).to.equal('chain/busy');
  });

  it('is open only after enough failures in a row, and never for ever, whatever ends in which order', () => {
    const event = fc.oneof(
      fc.record({ kind: fc.constant('wait' as const), millis: fc.nat(20_000) }),
      fc.record({ kind: fc.constant('begin' as const) }),
      fc.record({ kind: fc.constant('end' as const), which: fc.nat(), failed: fc.boolean() }),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        let now = 0;
        let breaker: Breaker = closed;
        let inARow = 0;
        const flying: { probe: boolean; openings: number }[] = [];
        let openings = 0;
        for (const one of events) {
          if (one.kind === 'wait') now += one.millis;
          if (one.kind === 'begin') {
            const before = breaker;
            const passed = admit(before, now);
            if (before.state === 'open') expect(passed !== null).to.equal(now >= before.until);
            if (before.state === 'probing') expect(passed).to.equal(null);
            if (passed === null) continue;
            ({ breaker } = passed);
            flying.push({ probe: passed.probe, openings });
            expect(flying.filter(({ probe }) => probe).length).to.be.at.most(1);
          }
          if (one.kind === 'end' && flying.length > 0) {
            const [call] = flying.splice(one.which % flying.length, 1);
            const before = breaker;
            breaker = ended(before, terms, { probe: call!.probe, failed: one.failed, now });
            if (before.state === 'closed') inARow = one.failed ? inARow + 1 : 0;
            if (call!.probe) inARow = 0;
            const opened = before.state !== 'open' && breaker.state === 'open';
            if (opened) openings += 1;
            expect(opened).to.equal(
              one.failed && (call!.probe || (before.state === 'closed' && inARow >= terms.failures)),
            );
            if (breaker.state === 'open') {
              inARow = 0;
              expect(breaker.until - now).to.be.at.most(terms.openMillis);
            }
          }
          // Whoever probes is on its way: nothing waits for a probe that nobody makes.
          if (breaker.state === 'probing') expect(flying.some(({ probe }) => probe)).to.equal(true);
        }
      }),
      { numRuns: runs(500, 20_000) },
    );
  });
});

describe('a gate', () => {
  it('makes so many calls at a time, lets so many wait in order, and refuses one more at once', async () => {
    const { codeOf } = gated();
    const ends: (() => void)[] = [];
    const begun: number[] = [];
    const call = (index: number) => () => {
      begun.push(index);
      return new Promise<void>((resolve) => void ends.push(resolve));
    };
    const calls = [0, 1, 2, 3, 4].map((index) => codeOf(call(index)));
    expect(await calls[4]).to.equal('chain/busy');
    await settle();
    expect(begun).to.deep.equal([0, 1]);
    ends[1]!();
    await settle();
    expect(begun).to.deep.equal([0, 1, 2]);
    for (let end = 0; end < 4; end++) {
      ends[end]!();
      await settle();
    }
    expect(await Promise.all(calls.slice(0, 4))).to.deep.equal(Array(4).fill('done'));
  });

  it('refuses those that wait when it opens', async () => {
    const { codeOf, work } = gated({ failures: 1, concurrency: 1 });
    const first = codeOf(async () => {
      await settle();
      throw away();
    });
    expect(await Promise.all([first, work(), work()])).to.deep.equal([
      'chain/unreachable',
      'chain/busy',
      'chain/busy',
    ]);
  });

  it('ends every call, and never has more than it may', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('done', 'chain/unreachable', 'message/bad-signature'), { maxLength: 20 }),
        async (fates) => {
          const { codeOf } = gated({ waiting: 4 });
          let active = 0;
          const codes = await Promise.all(
            fates.map((fate) =>
              codeOf(async () => {
                active += 1;
                expect(active).to.be.at.most(terms.concurrency);
                await Promise.resolve();
                active -= 1;
                if (fate === 'chain/unreachable') throw away();
                if (fate === 'message/bad-signature') throw no();
              }),
            ),
          );
          for (const [index, code] of codes.entries()) expect(code).to.be.oneOf([fates[index], 'chain/busy']);
        },
      ),
      { numRuns: runs(100, 2_000) },
    ));
});
