/** Dealers whose ciphertexts don't open: left out before anyone masks with them, on signed complaints that all can check. */
import { expect } from 'chai';
import { takeStep } from '#client/take-step.ts';
import type { Excluded, ViewOf } from '#protocol/attempt-view.ts';
import { unopenedIn } from '#protocol/rules/received.ts';
import { removeHomes } from '#test/client/support/home.ts';
import { benchAt, restarted, show, type Bench } from '#test/client/support/cohort.ts';
import { signed } from '#test/support/cohort.ts';
import { dealFalsely, type Cheat } from './cheats.ts';
import {
  act,
  completeStage,
  slowly,
  membershipOf,
  phaseOf,
  sparseStage,
  untilPhase,
  type Stage,
} from './stage.ts';

const nothing = new Set([null]);
const honest = (seat: number) => seat !== 2;

/** Plays until U2 is fixed; seat 2 cheats these holders. @returns what the clients object to when they mask */
async function masked(stage: Stage, cheat: Cheat, to: (holder: number) => boolean) {
  await act(stage);
  const cheater = stage.attempts[2]!;
  await dealFalsely(cheater, await membershipOf(stage, cheater), cheat, to);
  await act(stage, honest);
  expect(new Set(await act(stage))).to.deep.equal(nothing);
  expect(await phaseOf(stage)).to.equal('masking');
  return act(stage);
}

async function opened(stage: Stage, present: (seat: number) => boolean): Promise<void> {
  for (const phase of ['confirming', 'unmasking'] as const) {
    expect(await phaseOf(stage)).to.equal(phase);
    expect(new Set(await act(stage, present))).to.deep.equal(nothing);
  }
}

describe('a dealer whose shares do not open', () => {
  let stage: Stage | null = null;
  afterEach(async () => {
    await stage?.stop();
    stage = null;
    removeHomes();
  });

  it('is left out where too many say so, and the others have their round', async () => {
    stage = await completeStage();
    expect(await masked(stage, 'off-root', (holder) => holder < 2)).to.deep.equal([
      null,
      null,
      'sharers/left-out',
      null,
      null,
    ]);
    await opened(stage, honest);
    await untilPhase(stage, 'settling');
  });

  slowly('stays where one alone says so, whose share nobody needs', async () => {
    stage = await completeStage();
    expect(new Set(await masked(stage, 'ciphertexts', (holder) => holder === 4))).to.deep.equal(nothing);
    await opened(stage, () => true);
    await untilPhase(stage, 'settling');
    const receipt = stage.attempts[4]!.record.decided('received')!;
    expect(unopenedIn(receipt.message)).to.deep.equal([2]);
  });

  slowly('is left out of a sparse attempt by its neighbours', async () => {
    stage = await sparseStage();
    const found = await masked(stage, 'ciphertexts', () => true);
    expect(found.filter((code) => code !== null)).to.deep.equal(['sharers/left-out']);
    await opened(stage, honest);
    await untilPhase(stage, 'settling');
  });
});

describe('a client that is shown who was left out', () => {
  afterEach(removeHomes);

  /** Five clients who have said what they could open; those named here complain of member 2. */
  async function said(complaining: readonly number[]): Promise<Bench> {
    const at = await benchAt('masking');
    for (const holder of complaining) at.coordinator.shares[2]!.ciphertexts[holder] = '0x1234';
    expect(new Set(await show(at, 'receiving'))).to.deep.equal(nothing);
    return at;
  }
  const without2 = ({ coordinator }: Bench) =>
    coordinator.view('masking').sharers.filter(({ message }) => message.member !== 2);
  const mask = async (at: Bench, change: Partial<ViewOf<'masking'>>) =>
    (await show(at, 'masking', [0], change))[0]?.code ?? null;
  const complaints = ({ coordinator }: Bench) =>
    coordinator.receipts.filter(({ message }) => unopenedIn(message).length > 0);
  const excluded = (list: Excluded['complaints'], dealer = 2): Excluded[] => [{ dealer, complaints: list }];

  it('masks without a dealer of whom enough complain', async () => {
    const at = await said([0, 3]);
    expect(complaints(at).map(({ message }) => message.member)).to.deep.equal([0, 3]);
    expect(await mask(at, { sharers: without2(at), excluded: excluded(complaints(at)) })).to.equal(null);
  });

  const lies: [string, string, (at: Bench) => Partial<ViewOf<'masking'>>][] = [
    ['is gone without a complaint', 'sharers/dropped', (at) => ({ sharers: without2(at) })],
    [
      'is left out on one complaint',
      'sharers/excluded-unproven',
      (at) => ({ sharers: without2(at), excluded: excluded(complaints(at).slice(1)) }),
    ],
    [
      'is left out on one complaint twice',
      'sharers/excluded-unproven',
      (at) => ({
        sharers: without2(at),
        excluded: excluded([complaints(at)[0]!, complaints(at)[0]!]),
      }),
    ],
    [
      'is left out on receipts that do not complain of it',
      'sharers/excluded-unproven',
      (at) => ({
        sharers: without2(at),
        excluded: excluded(at.coordinator.receipts.filter((one) => !complaints(at).includes(one))),
      }),
    ],
    [
      'is left out on complaints that others signed',
      'sharers/excluded-unproven',
      (at) => ({
        sharers: without2(at),
        excluded: excluded(complaints(at).map(({ message }) => signed(4, 'Received', message))),
      }),
    ],
    [
      'is left out on complaints of another attempt',
      'sharers/excluded-unproven',
      (at) => ({
        sharers: without2(at),
        excluded: excluded(
          complaints(at).map(({ message }) => signed(message.member, 'Received', { ...message, attempt: 2 })),
        ),
      }),
    ],
    ['is left out and kept', 'sharers/excluded-unproven', (at) => ({ excluded: excluded(complaints(at)) })],
  ];
  for (const [what, code, lie] of lies) {
    it(`does not mask where a dealer ${what}`, async () => {
      const at = await said([0, 3]);
      expect(await mask(at, lie(at))).to.equal(code);
      expect(at.coordinator.inputs).to.deep.equal([]);
    });
  }

  it('says once what it could open, and the same after a restart', async () => {
    const at = await said([0]);
    at.coordinator.shares[2]!.ciphertexts[1] = '0x1234';
    const again = restarted(at.attempts[1]!, at.homes[1]!);
    expect(await takeStep(again, at.coordinator.view('receiving'))).to.equal(null);
    expect(at.coordinator.receipts.map(({ message }) => unopenedIn(message))).to.deep.equal([
      [2],
      [],
      [],
      [],
      [],
    ]);
    const sent = at.coordinator.sent.filter(({ call }) => call === 'receive');
    expect(sent).to.have.length(6);
    expect(sent.at(-1)!.body).to.deep.equal(sent[1]!.body);
  });

  it('says nothing of shares that are not signed, or of another roster', async () => {
    const at = await benchAt('masking');
    const [first, second, ...rest] = at.coordinator.view('receiving').sharers;
    const forged = { ...first!, signature: second!.signature };
    const shown = { sharers: [forged, second!, ...rest] };
    expect((await show(at, 'receiving', [3], shown))[0]?.code).to.equal('message/bad-signature');
    const roster = at.coordinator.enrolments.slice(1);
    expect((await show(at, 'receiving', [3], { roster }))[0]?.code).to.equal('roster/changed');
    expect(at.coordinator.receipts).to.deep.equal([]);
  });
});
