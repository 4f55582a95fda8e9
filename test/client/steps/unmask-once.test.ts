import { expect } from 'chai';
import { confirmedBy } from '../support/confirmed-by.ts';
import { benchAt, restarted, show } from '../support/cohort.ts';
import { filesIn, removeHomes, contains } from '../support/home.ts';
import { codeOf } from '../support/outcome.ts';
import { TributaryError } from '#crypto/error.ts';
import { fromHex } from '#crypto/bytes.ts';
import { takeStep } from '#client/take-step.ts';

describe('unmasking, once', () => {
  afterEach(removeHomes);

  it('opens for one set of survivors, ever: a second one is refused, across restarts', async () => {
    const at = await benchAt('unmasking');
    await show(at, 'unmasking', [4]);
    const inputs = at.coordinator.inputs.slice(0, 4);
    const confirmations = confirmedBy(at, inputs, [0, 1, 2, 3]);
    const view = at.coordinator.view('unmasking', { inputs, confirmations });
    for (const client of [at.attempts[4]!, restarted(at.attempts[4]!, at.homes[4]!)]) {
      expect((await takeStep(client, view))?.code).to.equal('unmask/already-revealed');
    }
    expect(at.coordinator.sent.filter(({ call }) => call === 'unmask')).to.have.length(1);
  });

  it('counts another U2 with the same survivors as another set', async () => {
    const at = await benchAt('unmasking');
    await show(at, 'unmasking', [0]);
    const sharers = at.coordinator.view('unmasking').sharers.slice(0, 4);
    expect((await show(at, 'unmasking', [0], { sharers }))[0]?.code).to.equal('unmask/already-revealed');
  });

  it('sends the same bytes after a restart, though it could open more by then', async () => {
    const at = await benchAt('masking');
    const [good] = [at.coordinator.shares[1]!.ciphertexts[0]!];
    at.coordinator.shares[1]!.ciphertexts[0] = '0x1234';
    await show(at, 'masking');
    await show(at, 'confirming');
    at.coordinator.onCall = (call) => {
      if (call === 'unmask') throw new TributaryError('coordinator/unreachable', 'away');
    };
    expect(await codeOf(takeStep(at.attempts[0]!, at.coordinator.view('unmasking')))).to.equal(
      'coordinator/unreachable',
    );
    const decided = at.attempts[0]!.record.decided('unmasking');

    at.coordinator.shares[1]!.ciphertexts[0] = good;
    at.coordinator.onCall = () => undefined;
    expect(
      await takeStep(restarted(at.attempts[0]!, at.homes[0]!), at.coordinator.view('unmasking')),
    ).to.equal(null);
    const [sent] = at.coordinator.unmaskings;
    expect(sent!.message).to.deep.equal(decided?.envelope.message);
    expect(sent!.signature).to.equal(decided?.envelope.signature);
    expect(sent!.shares.map(({ member }) => member)).to.deep.equal([0, 2, 3, 4]);
  });

  it('has what it opens on disk, sealed, before it is sent', async () => {
    const at = await benchAt('unmasking');
    let files = new Map<string, Uint8Array>();
    at.coordinator.onCall = (call) => {
      if (call === 'unmask') files = filesIn(at.homes[3]!);
    };
    await show(at, 'unmasking', [3]);
    const names = [...files.keys()].map((name) => name.split('/').at(-1));
    expect(names).to.include.members(['unmasking.json', 'revealed.sealed', 'received.sealed']);
    const { shares } = at.coordinator.unmaskings[0]!;
    for (const { y } of shares) {
      for (const [name, bytes] of files) expect(contains(bytes, fromHex(y).slice(1)), name).to.equal(false);
    }
  });

  it('is over where its secrets were erased', async () => {
    const at = await benchAt('unmasking');
    at.attempts[0]!.record.erase();
    expect((await show(at, 'unmasking', [0]))[0]?.code).to.equal('unmask/nothing-held');
    await show(at, 'unmasking', [1]);
    const again = restarted(at.attempts[1]!, at.homes[1]!);
    again.record.erase();
    expect((await takeStep(again, at.coordinator.view('unmasking')))?.code).to.equal('journal/erased');
  });
});
