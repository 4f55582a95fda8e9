import { writeSync } from 'node:fs';
import { expect } from 'chai';
import { TributaryError } from '#crypto/error.ts';
import type { DiskCalls } from '#client/journal/disk.ts';
import { updateKeyOf } from '#client/steps/retry.ts';
import { takeStep } from '#client/take-step.ts';
import { computeAddress } from 'ethers';
import { domain, operatorKey } from '#test/support/cohort.ts';
import { signedBy } from '#protocol/signature.ts';
import { toAddress } from '#protocol/units.ts';
import { bench, restarted, show, quick } from '../support/cohort.ts';
import { newHome, removeHomes, filesIn } from '../support/home.ts';
import { codeOf } from '../support/outcome.ts';

/** A disk that is full from the n-th write on. */
function fullAfter(writes: number): DiskCalls {
  let left = writes;
  return {
    ...quick,
    write(file, bytes) {
      if (left-- <= 0) throw Object.assign(new Error('full'), { code: 'ENOSPC' });
      writeSync(file, bytes);
    },
  };
}

describe('enrolling', () => {
  afterEach(removeHomes);

  it('signs the seat, the terms and two fresh keys with the operator key', async () => {
    const at = await bench({ members: [3] });
    await show(at, 'enrolling');
    const [envelope] = at.coordinator.enrolments;
    const { message } = envelope!;
    const { expected } = at.attempts[0]!;
    expect(message).to.include({ ...expected, seat: 3, backend: 'wasm', deadline: 2_000_000_000 });
    expect(message.channelKey).to.not.equal(message.maskKey);
    expect(
      signedBy(toAddress(computeAddress(operatorKey(3).publicKey)), domain, 'Enrolment', envelope!),
    ).to.equal(true);
  });

  it('has the quantised input and the keys on disk before a key leaves', async () => {
    const at = await bench({ members: [0] });
    let onDisk: string[] = [];
    at.coordinator.onCall = () => (onDisk = [...filesIn(at.homes[0]!).keys()]);
    await show(at, 'announced');
    const { recipe, parameters, model } = updateKeyOf(at.attempts[0]!);
    expect(onDisk).to.include(`journal/updates/1/${model}/${recipe}-${parameters}.sealed`);
    expect(onDisk).to.include(`journal/attempts/31337-${domain.escrow}/7/1/1/keys.sealed`);
    expect(onDisk).to.include(`journal/attempts/31337-${domain.escrow}/7/1/1/enrolment.json`);
  });

  for (const writes of [0, 1, 2]) {
    it(`sends nothing on a disk that is full at write ${writes + 1}, and enrols once there is room`, async () => {
      const at = await bench({ members: [0], calls: fullAfter(writes) });
      const [attempt] = at.attempts;
      expect(await codeOf(takeStep(attempt!, at.coordinator.view('announced')))).to.equal('storage/full');
      expect(at.coordinator.sent).to.deep.equal([]);
      expect(await takeStep(restarted(attempt!, at.homes[0]!), at.coordinator.view('announced'))).to.equal(
        null,
      );
      expect(at.coordinator.enrolments).to.have.length(1);
    });
  }

  it('sends the same bytes after a restart, with the same input and without training again', async () => {
    const at = await bench({ members: [0] });
    at.coordinator.onCall = () => {
      throw new TributaryError('coordinator/unreachable', 'away');
    };
    expect(await codeOf(takeStep(at.attempts[0]!, at.coordinator.view('announced')))).to.equal(
      'coordinator/unreachable',
    );
    const first = at.attempts[0]!.record.decided('enrolment');

    at.coordinator.onCall = () => undefined;
    const train = () => Promise.reject(new Error('trained again'));
    const again = { ...restarted(at.attempts[0]!, at.homes[0]!), train };
    expect(await takeStep(again, at.coordinator.view('enrolling'))).to.equal(null);
    expect(at.coordinator.enrolments).to.deep.equal([first]);
  });

  it('trains once for a model, and enrols in the next attempt with other keys', async () => {
    const at = await bench({ members: [0] });
    await show(at, 'announced');
    const next = await bench({ members: [0], homes: at.homes, id: { job: 7, round: 1, attempt: 2 } });
    const train = () => Promise.reject(new Error('trained again'));
    const [attempt] = next.attempts;
    expect(await takeStep({ ...attempt!, train }, next.coordinator.view('announced'))).to.equal(null);
    const [before, after] = [at.coordinator.enrolments[0]!.message, next.coordinator.enrolments[0]!.message];
    expect(new Set([before.channelKey, before.maskKey, after.channelKey, after.maskKey]).size).to.equal(4);
  });

  it('does not enrol past the deadline, nor when training took until then', async () => {
    const at = await bench({ members: [0] });
    const late = await show(at, 'enrolling', [0], { deadline: 1_899_999_999 as never });
    expect(late[0]?.code).to.equal('enrol/too-late');
    expect(at.attempts[0]!.journal.update(updateKeyOf(at.attempts[0]!)), 'not even trained').to.equal(null);

    let clock = 1_899_999_999;
    const slow = {
      ...at.attempts[0]!,
      now: () => clock,
      train: () => {
        clock += 2;
        return at.attempts[0]!.train();
      },
    };
    const view = at.coordinator.view('enrolling', { deadline: 1_900_000_000 as never });
    expect((await takeStep(slow, view))?.code).to.equal('enrol/too-late');
    expect(at.coordinator.sent).to.deep.equal([]);
    expect(at.attempts[0]!.record.decided('enrolment')).to.equal(null);
  });

  it('stays out of the round where training fails, and says why', async () => {
    const at = await bench({ members: [0] });
    const train = () => Promise.reject(new TributaryError('model/not-finite', 'it diverged'));
    const flaw = await takeStep({ ...at.attempts[0]!, train }, at.coordinator.view('announced'));
    expect(flaw).to.deep.equal({ code: 'model/not-finite', detail: 'it diverged' });
    expect(at.coordinator.sent).to.deep.equal([]);
  });

  it('holds before training and before enrolling, where the hook says so', async () => {
    const at = await bench({ members: [0], homes: [newHome()] });
    const held: string[] = [];
    const hold = async (phase: string) => void held.push(`${phase} ${at.coordinator.sent.length}`);
    await takeStep({ ...at.attempts[0]!, hold }, at.coordinator.view('announced'));
    expect(held).to.deep.equal(['announced 0', 'enrolling 0']);
  });

  for (const [field, code] of [
    ['round', 'view/other-attempt'],
    ['attempt', 'view/other-attempt'],
    ['job', 'view/other-attempt'],
  ] as const) {
    it(`does nothing on a view of another ${field}`, async () => {
      const at = await bench({ members: [0] });
      expect((await show(at, 'announced', [0], { [field]: 3 }))[0]?.code).to.equal(code);
      expect(at.coordinator.sent).to.deep.equal([]);
    });
  }

  for (const [field, code] of [
    ['terms', 'view/other-terms'],
    ['model', 'view/other-model'],
  ] as const) {
    it(`does nothing on a view with another ${field}`, async () => {
      const at = await bench({ members: [0] });
      const other = at.attempts[0]!.expected.recipe;
      expect((await show(at, 'announced', [0], { [field]: other }))[0]?.code).to.equal(code);
      expect(at.coordinator.sent).to.deep.equal([]);
    });
  }
});
