import { expect } from 'chai';
import { countingApi } from '#client/costs.ts';
import { openJournal } from '#client/journal/journal.ts';
import { takeStep } from '#client/take-step.ts';
import { encodeToken } from '#protocol/http/token.ts';
import { domain } from '#test/support/cohort.ts';
import { benchAt, quick } from './support/cohort.ts';
import { removeHomes } from './support/home.ts';

describe('what an attempt costs', () => {
  afterEach(removeHomes);

  it('is every body that goes up, journalled before it does, and the time between first and last', async () => {
    const at = await benchAt('masking');
    const [attempt] = at.attempts;
    let clock = 1_900_000_000;
    const now = () => clock;
    const api = countingApi(at.coordinator.api, attempt!.record, now);
    await takeStep({ ...attempt!, api }, at.coordinator.view('masking'));
    const [envelope] = at.coordinator.inputs;
    const upload = at.coordinator.vectors.get(0)!.length + encodeToken(envelope!).length;
    expect(attempt!.record.cost()).to.deep.equal({ bytesUp: upload, started: clock, lastSent: clock });

    clock += 9;
    let journalled = 0;
    at.coordinator.onCall = () => {
      journalled = openJournal(at.homes[0]!, attempt!.key, quick).attempt(domain, at.coordinator.id).cost()!
        .bytesUp;
    };
    const inputs = at.coordinator.view('confirming').inputs;
    await takeStep({ ...attempt!, api }, at.coordinator.view('confirming', { inputs }));
    const confirmed = JSON.stringify(at.coordinator.sent.at(-1)!.body).length;
    expect(attempt!.record.cost()).to.deep.equal({
      bytesUp: upload + confirmed,
      started: clock - 9,
      lastSent: clock,
    });
    expect(journalled).to.equal(upload + confirmed);
  });

  it('counts a large body as it goes up: gzipped', async () => {
    const at = await benchAt('masking');
    const [attempt] = at.attempts;
    const share = () => Promise.resolve();
    const api = countingApi({ ...at.coordinator.api, share }, attempt!.record, attempt!.now);
    const [upload] = at.coordinator.shares;
    const ciphertexts = Array.from({ length: 100 }, () => upload!.ciphertexts[1]!);
    await api.share(at.coordinator.id, { ...upload!, ciphertexts });
    const plain = JSON.stringify({ ...upload!, ciphertexts }).length;
    expect(attempt!.record.cost()!.bytesUp).to.be.within(300, plain / 5);
  });
});
