import { expect } from 'chai';
import { sharedReads } from '#coordinator/events/shared-reads.ts';
import type { NumberedEvent } from '#coordinator/store/job-events.ts';

describe('reads of events that many ask for at once', () => {
  it('are one, but for who asks after another change, and are made anew when they are done', async () => {
    const asked: number[] = [];
    const answers: ((events: NumberedEvent[]) => void)[] = [];
    const read = sharedReads({
      after: (_job, number) => {
        asked.push(number);
        return new Promise((resolve) => answers.push(resolve));
      },
    });
    const cohort = Array.from({ length: 1_000 }, () => read(7, 4, 100, 1));
    const later = read(7, 4, 100, 2);
    const others = [read(7, 5, 100, 1), read(8, 4, 100, 1)];
    expect(asked).to.deep.equal([4, 4, 5, 4]);
    const page: NumberedEvent[] = [];
    answers[0]?.(page);
    for (const one of await Promise.all(cohort)) expect(one).to.equal(page);
    for (const answer of answers) answer([]);
    await Promise.all([later, ...others]);
    void read(7, 4, 100, 1);
    expect(asked).to.have.length(5);
  });

  it('are not kept where they fail', async () => {
    let tries = 0;
    const read = sharedReads({
      after: async () => {
        tries += 1;
        if (tries === 1) throw new Error('away');
        return [];
      },
    });
    expect(await read(7, 0, 1, 0).catch(String)).to.equal('Error: away');
    expect(await read(7, 0, 1, 0)).to.deep.equal([]);
  });
});
