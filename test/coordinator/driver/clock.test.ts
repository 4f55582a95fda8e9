import { expect } from 'chai';
import { systemClock } from '#coordinator/driver/clock.ts';

describe("the system's clock", () => {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

  it('keeps no process up by what it has yet to run', () => {
    const before = timers();
    const cancel = systemClock.after(3_600, () => undefined);
    expect(timers()).to.equal(before);
    const timer = setTimeout(() => undefined, 3_600_000);
    expect(timers(), 'one that does is counted').to.equal(before + 1);
    clearTimeout(timer);
    cancel();
  });

  it('runs it, unless that is cancelled', async () => {
    const ran: string[] = [];
    systemClock.after(0, () => void ran.push('cancelled'))();
    const kept = setTimeout(() => undefined, 60_000);
    await new Promise<void>((resolve) => void systemClock.after(0, resolve));
    clearTimeout(kept);
    expect(ran).to.deep.equal([]);
  });
});
