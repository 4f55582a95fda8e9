import { expect } from 'chai';
import { fromHex, toHex } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import { inputRoot, unpack } from '#crypto/packing.ts';
import { updateKeyOf } from '#client/steps/retry.ts';
import { takeStep } from '#client/take-step.ts';
import { membersDigest, sharersOf } from '#protocol/rules/survivors.ts';
import { signed } from '#test/support/cohort.ts';
import { bench, benchAt, playUntil, restarted, show } from '../support/cohort.ts';
import { contains, removeHomes, filesIn } from '../support/home.ts';
import { codeOf } from '../support/outcome.ts';

describe('masking', () => {
  afterEach(removeHomes);

  it('commits to the vector that it uploads and to exactly U2', async () => {
    const at = await bench();
    await playUntil(at, 'confirming', { sharing: [3] });
    expect(at.coordinator.inputs.map(({ message }) => message.member)).to.deep.equal([0, 1, 2, 4]);
    const { parameters } = at.lineage.job;
    const digest = membersDigest(sharersOf(at.coordinator.shares));
    for (const { message } of at.coordinator.inputs) {
      const vector = at.coordinator.vectors.get(message.member)!;
      expect(message.inputRoot).to.equal(toHex(inputRoot(vector, parameters, 19)));
      expect(message.sharers).to.equal(digest);
      const quantised = at.attempts[message.member]!.journal.update(
        updateKeyOf(at.attempts[message.member]!),
      )!.quantised;
      const words = unpack(vector, parameters.dimension, 19);
      expect(words.filter((word, c) => word === quantised[c]).length, 'unmasked coordinates').to.be.lessThan(
        3,
      );
    }
  });

  it('lets nothing leave that is derived from rows but the masked vector', async () => {
    const at = await bench();
    await playUntil(at, 'settling');
    const everything = at.coordinator.sent.flatMap(({ body, vector }) => [
      new TextEncoder().encode(JSON.stringify(body)),
      ...(vector ? [vector] : []),
    ]);
    for (const attempt of at.attempts) {
      const { quantised } = attempt.journal.update(updateKeyOf(attempt))!;
      for (const part of [quantised.slice(0, 4), quantised.slice(5, 9)]) {
        const bytes = new Uint8Array(part.buffer);
        expect(everything.some((message) => contains(message, bytes))).to.equal(false);
      }
    }
  });

  it('uploads the same bytes after a restart, from the journal alone', async () => {
    const at = await benchAt('masking');
    at.coordinator.onCall = (call) => {
      if (call === 'upload') throw new TributaryError('coordinator/unreachable', 'away');
    };
    expect(await codeOf(takeStep(at.attempts[1]!, at.coordinator.view('masking')))).to.equal(
      'coordinator/unreachable',
    );
    const vector = at.attempts[1]!.record.vector();
    const [sent] = at.attempts[1]!.journal.sentInputs(2, at.attempts[1]!.model.digest);
    expect(vector).to.have.length.greaterThan(0);

    at.coordinator.onCall = () => undefined;
    await takeStep(restarted(at.attempts[1]!, at.homes[1]!), at.coordinator.view('masking'));
    expect(at.coordinator.inputs).to.deep.equal([sent?.envelope]);
    expect(at.coordinator.vectors.get(1)).to.deep.equal(vector);
  });

  it('has the vector and the message on disk before it uploads', async () => {
    const at = await benchAt('masking');
    let files: string[] = [];
    at.coordinator.onCall = (call) => {
      if (call === 'upload') files = [...filesIn(at.homes[0]!).keys()];
    };
    await show(at, 'masking', [0]);
    expect(files.some((name) => name.endsWith('/7/1/1/vector.sealed'))).to.equal(true);
    expect(
      files.some((name) => name.startsWith('journal/inputs/1/') && name.endsWith('-7-1-1.json')),
    ).to.equal(true);
  });

  it('needs t sharers, its own shares among them, each signed and once', async () => {
    const at = await benchAt('masking');
    const all = at.coordinator.view('masking').sharers;
    const relabelled = all.map((envelope) =>
      envelope.message.member === 0
        ? signed(0, 'Shares', { ...envelope.message, shareRoot: envelope.message.seedDigest })
        : envelope,
    );
    const forged = all.map(({ message, signature }) =>
      message.member === 2
        ? { message: { ...message, member: 2, shareRoot: message.seedDigest }, signature }
        : { message, signature },
    );
    const cases: [string, typeof all][] = [
      ['sharers/too-few', []],
      ['sharers/too-few', all.slice(0, 3)],
      ['sharers/left-out', all.slice(1)],
      ['sharers/own-shares', relabelled],
      ['message/bad-signature', forged],
      ['message/duplicate', [all[0]!, ...all]],
      [
        'message/other-attempt',
        [...all.slice(0, 4), signed(4, 'Shares', { ...all[4]!.message, attempt: 2 })],
      ],
      [
        'message/other-roster',
        [...all.slice(0, 4), signed(4, 'Shares', { ...all[4]!.message, roster: all[4]!.message.shareRoot })],
      ],
    ];
    for (const [code, sharers] of cases) {
      expect((await show(at, 'masking', [0], { sharers }))[0]?.code).to.equal(code);
    }
    expect(at.coordinator.inputs).to.have.length(0);
    expect(at.attempts[0]!.journal.sentInputs(1, at.attempts[0]!.model.digest)).to.deep.equal([]);
  });

  it('opens what others dealt to it by then, so that it needs nobody for it later', async () => {
    const at = await benchAt('masking');
    await show(at, 'masking', [0]);
    const received = restarted(at.attempts[0]!, at.homes[0]!).record.secret('received');
    expect(received?.map(({ dealer }) => dealer)).to.deep.equal([1, 2, 3, 4]);
  });

  it('masks once in an attempt: another U2 gets the first input again', async () => {
    const at = await benchAt('masking');
    await show(at, 'masking', [0]);
    const first = at.coordinator.vectors.get(0);
    const again = restarted(at.attempts[0]!, at.homes[0]!);
    const sharers = at.coordinator.view('masking').sharers.slice(0, 4);
    await takeStep(again, at.coordinator.view('masking', { sharers }));
    expect(at.coordinator.inputs).to.have.length(1);
    expect(at.coordinator.vectors.get(0)).to.deep.equal(first);
  });

  it('does not mask what it never dealt shares for', async () => {
    const at = await bench();
    await playUntil(at, 'masking', { sharing: [4] });
    expect((await show(at, 'masking', [4]))[0]?.code).to.equal('sharers/left-out');
  });

  it('is over where the secrets or the quantised input were erased', async () => {
    const at = await benchAt('masking');
    at.attempts[0]!.journal.eraseUpdates(1, at.attempts[0]!.model.digest);
    expect((await show(at, 'masking', [0]))[0]?.code).to.equal('journal/erased');
    at.attempts[1]!.record.erase();
    expect((await show(at, 'masking', [1]))[0]?.code).to.equal('journal/erased');
    await show(at, 'masking', [2]);
    const third = restarted(at.attempts[2]!, at.homes[2]!);
    third.record.erase();
    expect((await takeStep(third, at.coordinator.view('masking')))?.code).to.equal('journal/erased');
    expect(at.coordinator.inputs.map(({ message }) => message.member)).to.deep.equal([2]);
  });

  it('uses the ring of the roster, not of the sharers', async () => {
    const at = await bench();
    await playUntil(at, 'confirming', { sharing: [0] });
    const bytes = Math.ceil((at.lineage.job.parameters.dimension * 19) / 8);
    expect(at.coordinator.vectors.get(1)).to.have.length(bytes);
    expect(fromHex(at.coordinator.inputs[0]!.message.inputRoot)).to.have.length(32);
  });
});
