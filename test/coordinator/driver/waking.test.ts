import { expect } from 'chai';
import type { AttemptEvent } from '#coordinator/round/attempt.ts';
import { cohort } from '#test/support/cohort.ts';
import {
  abortOf,
  confirmations,
  drawOf,
  honestly,
  inputs,
  resultOf,
  attestationOf,
  receipts,
  sharings,
  unmaskings,
  type Cohort,
} from '../fixtures.ts';
import { isWaiting, never, resumedFrom } from './driving.ts';

const complete = cohort({ n: 3 });
const sparse = cohort({ n: 8, draw: drawOf(6, 5) });

describe('a long poll', () => {
  /** Whether an event wakes who waits, and whether the revision grew. */
  async function wakes(of: Cohort, phase: Parameters<typeof honestly>[1], events: readonly AttemptEvent[]) {
    const { driver } = await resumedFrom(honestly(of, phase));
    const before = await driver.attemptView(of.id, null, 0, never);
    const poll = driver.attemptView(of.id, before.revision, 20, never);
    for (const event of events) await driver.submit(of.id, event);
    const woken = !(await isWaiting(poll));
    const after = await driver.attemptView(of.id, null, 0, never);
    expect(woken).to.equal(after.revision > before.revision);
    return woken;
  }

  for (const [name, of] of Object.entries({ complete, sparse })) {
    it(`of a ${name} attempt is not ended by messages that it does not show`, async () => {
      expect(await wakes(of, 'sharing', sharings(of).slice(1))).to.equal(false);
      expect(await wakes(of, 'receiving', receipts(of).slice(1))).to.equal(false);
      expect(await wakes(of, 'masking', inputs(of).slice(1))).to.equal(false);
      expect(await wakes(of, 'confirming', confirmations(of).slice(1))).to.equal(false);
      expect(await wakes(of, 'unmasking', unmaskings(of).slice(1))).to.equal(false);
      const settling = honestly(of, 'settling');
      expect(await wakes(of, 'settling', [attestationOf(of, settling.proposal, 1)])).to.equal(false);
    });

    it(`of a ${name} attempt is ended by the next phase`, async () => {
      expect(await wakes(of, 'sharing', sharings(of))).to.equal(true);
      expect(await wakes(of, 'receiving', receipts(of))).to.equal(true);
      expect(await wakes(of, 'masking', inputs(of))).to.equal(true);
      expect(await wakes(of, 'confirming', confirmations(of))).to.equal(true);
      expect(await wakes(of, 'unmasking', [{ type: 'aggregated', result: resultOf(of) }])).to.equal(true);
    });
  }

  it('is ended by a smaller set to confirm', async () => {
    const events = [...confirmations(sparse).slice(1), abortOf(sparse, 0)];
    expect(await wakes(sparse, 'confirming', events)).to.equal(true);
  });

  it('is ended by aborts that it shows, and by none of a sparse attempt', async () => {
    const aborts = (of: Cohort) => of.enrolments.map((_, member) => abortOf(of, member));
    expect(await wakes(complete, 'confirming', aborts(complete).slice(0, 1))).to.equal(true);
    expect(await wakes(sparse, 'confirming', aborts(sparse).slice(0, 6))).to.equal(false);
    const late = async (of: Cohort) => {
      const { driver } = await resumedFrom(honestly(of, 'confirming'));
      for (const event of aborts(of).slice(1)) await driver.submit(of.id, event);
      if (of === sparse) await driver.submit(of.id, confirmations(sparse)[0]!);
      const { phase, revision } = await driver.attemptView(of.id, null, 0, never);
      expect(phase).to.equal('aborted');
      await driver.submit(of.id, abortOf(of, 0));
      return (await driver.attemptView(of.id, null, 0, never)).revision > revision;
    };
    expect(await late(complete)).to.equal(true);
    expect(await late(sparse)).to.equal(false);
  });
});
