import { expect } from 'chai';
import { answeredTime } from '#protocol/http/answered-time.ts';

const at = (date: string | null) => new Headers(date === null ? {} : { date });
const seconds = (text: string) => Date.parse(text) / 1000;
const noon = 'Tue, 24 Nov 2026 12:00:00 GMT';

describe('the time that answers tell', () => {
  it("is this machine's before the first one, and theirs from then on, whatever this machine's does", () => {
    let own = 1_900_000_000_900;
    let ticks = 5_000;
    const time = answeredTime(
      () => own,
      () => ticks,
    );
    expect(time.now()).to.equal(1_900_000_000);
    time.heard(at(noon));
    own -= 3_600_000;
    expect(time.now()).to.equal(seconds(noon));
    ticks += 61_999;
    expect(time.now()).to.equal(seconds(noon) + 61);
    time.heard(at('Tue, 24 Nov 2026 12:00:58 GMT'));
    expect(time.now()).to.equal(seconds(noon) + 58);
  });

  it('is not changed by an answer that tells none, or none that can be read', () => {
    const time = answeredTime(
      () => 7_000,
      () => 0,
    );
    time.heard(at(null));
    time.heard(at('yesterday'));
    expect(time.now()).to.equal(7);
    time.heard(at(noon));
    time.heard(at('when it suits'));
    expect(time.now()).to.equal(seconds(noon));
  });
});
