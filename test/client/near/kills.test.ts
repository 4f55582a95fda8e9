/** A client of a sparse attempt that dies at any write of a phase, or before an answer, and sends the same when it is back. protocol.md §4.9 */
import { expect } from 'chai';
import type { Attempt, RoundApi } from '#client/attempt.ts';
import { openJournal } from '#client/journal/journal.ts';
import { takeStep } from '#client/take-step.ts';
import type { NearViewOf } from '#protocol/attempt-view.ts';
import { draw, twelve, type NearPhase } from '#test/support/near.ts';
import { domain } from '#test/support/cohort.ts';
import { runs } from '#test/support/runs.ts';
import { quick, restarted } from '../support/cohort.ts';
import { removeHomes } from '../support/home.ts';
import { proposalOf } from '../support/proposal.ts';
import { nearBenchAt, seats, viewFor, type NearBench } from './bench.ts';

const own = 4;
const killed = new Error('killed');

/** What each phase has the client send. */
const calls = {
  sharing: 'share',
  receiving: 'receive',
  masking: 'upload',
  confirming: 'confirm',
  unmasking: 'unmask',
  settling: 'attest',
} as const;

/** The client on a disk at whose `last` write it dies. */
function dyingAtWrite(at: NearBench, last: number): Attempt {
  const attempt = at.attempts[0]!;
  let writes = 0;
  const journal = openJournal(at.homes[own]!, attempt.key, {
    ...quick,
    write: (file, bytes) => {
      if (writes++ >= last) throw killed;
      quick.write(file, bytes);
    },
  });
  return { ...attempt, journal, record: journal.attempt(domain, attempt.id) };
}

/** The client that dies when the coordinator has what it sent, before it hears so. */
function dyingBeforeTheAnswer(at: NearBench, call: (typeof calls)[NearPhase]): Attempt {
  const attempt = at.attempts[0]!;
  const send = attempt.api[call] as (...sent: unknown[]) => Promise<void>;
  const api: RoundApi = {
    ...attempt.api,
    [call]: async (...sent: unknown[]) => {
      await send(...sent);
      throw killed;
    },
  };
  return { ...attempt, api };
}

/** @returns whether it died on the way */
async function dies(attempt: Attempt, view: NearViewOf<NearPhase>): Promise<boolean> {
  try {
    expect(await takeStep(attempt, view)).to.equal(null);
    return false;
  } catch (error) {
    const { message, cause } = error as Error;
    expect([message, (cause as Error | undefined)?.message], String(error)).to.include('killed');
    return true;
  }
}

describe('a client of a sparse attempt that is killed', () => {
  afterEach(removeHomes);

  async function stage<P extends NearPhase>(phase: P) {
    // The bench plays no receiving: when it comes to masking all have dealt, and nobody has said what it could open.
    const at = await nearBenchAt(phase === 'receiving' ? 'masking' : phase, [own]);
    if (phase !== 'settling') return { at, view: viewFor(at, phase, own) };
    const { proposal } = await proposalOf(at, at.lineage.initial, null, {
      sparse: { draw, seats: twelve },
      seats,
    });
    return { at, view: viewFor(at, phase, own, proposal) };
  }

  /** Back with other randomness, it has sent one thing, once or twice, and no refusal. */
  async function goesOn(at: NearBench, view: NearViewOf<NearPhase>, phase: NearPhase): Promise<void> {
    const again = restarted(at.attempts[0]!, at.homes[own]!);
    expect(await takeStep(again, view)).to.equal(null);
    const sent = at.coordinator.sent.map((one) =>
      JSON.stringify({ ...one, vector: [...(one.vector ?? [])] }),
    );
    expect(at.coordinator.sent.map(({ call }) => call)).to.deep.equal(sent.map(() => calls[phase]));
    expect(new Set(sent).size).to.equal(1);
  }

  for (const phase of ['sharing', 'receiving', 'masking', 'confirming', 'unmasking', 'settling'] as const) {
    // At every other write in `npm test`, at each in `npm run test:slow`.
    it(`in ${phase}, at any write, sends what it decided before`, async () => {
      let deaths = 0;
      for (;;) {
        const { at, view } = await stage(phase);
        const died = await dies(dyingAtWrite(at, deaths), view);
        await goesOn(at, view, phase);
        if (!died) break;
        deaths += runs(2, 1);
      }
      // A confirmation opens nothing, and is not kept.
      expect(deaths > 0).to.equal(phase !== 'confirming');
    });

    it(`in ${phase}, before it is answered, sends the same again`, async () => {
      const { at, view } = await stage(phase);
      expect(await dies(dyingBeforeTheAnswer(at, calls[phase]), view)).to.equal(true);
      await goesOn(at, view, phase);
      expect(at.coordinator.sent).to.have.length(2);
    });
  }
});
