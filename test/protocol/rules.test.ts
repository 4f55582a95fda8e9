import { expect } from 'chai';
import { evidenceMessagesFlaw, evidenceSecretsFlaw } from '#protocol/rules/evidence.ts';
import type { Evidence } from '#protocol/manifests.ts';
import { abortsFlaw, confirmationsFlaw, inputsFlaw, sharesFlaw } from '#protocol/rules/phase-messages.ts';
import { buildRoster, enrolmentFlaw, rosterFlaw } from '#protocol/rules/roster.ts';
import { survivorsRoot } from '#protocol/rules/survivors.ts';
import { revealedDigest } from '#protocol/rules/revealed.ts';
import type { Bytes32 } from '#protocol/units.ts';
import { cohort, digestOfText, domain, enrolmentOf, operatorAddress, signed } from '#test/support/cohort.ts';

const honest = cohort({ n: 5, lostBeforeMasking: [3] });
const { frame, expected, seats, enrolments, shares, inputs, confirmations } = honest;
const other = digestOfText('another');

/** The honest list with one message re-made and signed again by its member. */
function bent<M extends { member: number }>(
  list: readonly { message: M }[],
  type: 'Shares' | 'Input' | 'Confirm',
  at: number,
  change: Partial<M>,
) {
  return list.map((envelope, index) =>
    index === at ? signed(envelope.message.member, type, { ...envelope.message, ...change }) : envelope,
  ) as never;
}

describe('the roster', () => {
  it('is accepted when honest, in seat order whatever the order of arrival', () => {
    expect(rosterFlaw(domain, enrolments, expected, seats)).to.equal(null);
    const shuffled = buildRoster(domain, [...enrolments].reverse());
    expect(shuffled.root).to.equal(frame.roster.root);
    expect(shuffled.members.map(({ seat }) => seat)).to.deep.equal([0, 1, 2, 3, 4]);
    expect(shuffled.threshold).to.equal(4);
  });

  it('has a root that changes with any enrolment', () => {
    const changed = signed(2, 'Enrolment', { ...enrolments[2]!.message, backend: 'cpu' });
    const list = enrolments.map((envelope, seat) => (seat === 2 ? changed : envelope));
    expect(buildRoster(domain, list).root).to.not.equal(frame.roster.root);
  });

  const refusals: Record<string, () => string | undefined> = {
    'roster/too-small': () => rosterFlaw(domain, enrolments.slice(0, 2), expected, seats)?.code,
    'roster/order': () =>
      rosterFlaw(domain, [enrolments[1]!, enrolments[0]!, ...enrolments.slice(2)], expected, seats)?.code,
    'enrolment/unknown-seat': () => rosterFlaw(domain, enrolments, expected, seats.slice(0, 4))?.code,
    'roster/duplicate-owner': () =>
      rosterFlaw(
        domain,
        enrolments,
        expected,
        seats.map((seat) => ({ ...seat, owner: seats[0]!.owner })),
      )?.code,
    'roster/duplicate-operator': () => {
      const twice = signed(0, 'Enrolment', { ...enrolments[1]!.message, operator: operatorAddress(0) });
      const list = [enrolments[0]!, twice, ...enrolments.slice(2)];
      return rosterFlaw(
        domain,
        list,
        expected,
        seats.map((seat, i) => (i === 1 ? { ...seat, operator: operatorAddress(0) } : seat)),
      )?.code;
    },
    'roster/duplicate-key': () => {
      const copied = { ...enrolments[4]!.message, maskKey: enrolments[0]!.message.maskKey };
      return rosterFlaw(domain, [...enrolments.slice(0, 4), signed(4, 'Enrolment', copied)], expected, seats)
        ?.code;
    },
  };
  for (const [code, refused] of Object.entries(refusals)) {
    it(`is refused with ${code}`, () => expect(refused()).to.equal(code));
  }

  it('refuses a channel key used as another mask key', () => {
    const copied = { ...enrolments[4]!.message, maskKey: enrolments[0]!.message.channelKey };
    const list = [...enrolments.slice(0, 4), signed(4, 'Enrolment', copied)];
    expect(rosterFlaw(domain, list, expected, seats)?.code).to.equal('roster/duplicate-key');
  });
});

describe('an enrolment', () => {
  const good = enrolments[1]!;
  const change = (fields: object) => signed(1, 'Enrolment', { ...good.message, ...fields });
  const code = (envelope: typeof good) => enrolmentFlaw(domain, envelope, expected, seats[1])?.code;

  it('is accepted when honest', () => expect(code(good)).to.equal(undefined));
  for (const field of ['job', 'round', 'attempt'] as const) {
    it(`is refused for another ${field}`, () =>
      expect(code(change({ [field]: 99 }))).to.equal('message/other-attempt'));
  }
  for (const field of ['model', 'recipe', 'terms', 'parameters'] as const) {
    it(`is refused for another ${field}`, () =>
      expect(code(change({ [field]: other }))).to.equal('enrolment/other-terms'));
  }
  it("is refused from a key that is not the seat's", () =>
    expect(code(change({ operator: operatorAddress(9) }))).to.equal('enrolment/wrong-operator'));
  it('is refused when somebody else signed it', () =>
    expect(code(signed(2, 'Enrolment', good.message))).to.equal('message/bad-signature'));
  it('is refused when signed for another escrow', () =>
    expect(code(signed(1, 'Enrolment', good.message, { ...domain, chainId: 1 }))).to.equal(
      'message/bad-signature',
    ));
  it('is refused with a key of small order, in either place', () => {
    const zero = `0x${'00'.repeat(32)}` as Bytes32;
    expect(code(change({ channelKey: zero }))).to.equal('key/low-order');
    expect(code(change({ maskKey: zero }))).to.equal('key/low-order');
  });
  it('is refused with a key that is written in a second way', () =>
    expect(code(change({ maskKey: `0x${'ff'.repeat(31)}7f` }))).to.equal('key/not-canonical'));
});

describe('messages of the phases', () => {
  it('are accepted when honest', () => {
    expect(sharesFlaw(frame, shares)).to.equal(null);
    expect(inputsFlaw(frame, shares, inputs)).to.equal(null);
    expect(confirmationsFlaw(frame, shares, inputs, confirmations)).to.equal(null);
  });

  it('are refused outside the roster, twice, out of order, or of another attempt', () => {
    expect(sharesFlaw(frame, bent(shares, 'Shares', 4, { member: 5 }))?.code).to.equal(
      'message/not-a-member',
    );
    expect(sharesFlaw(frame, [...shares, shares[4]!])?.code).to.equal('message/duplicate');
    expect(sharesFlaw(frame, [...shares].reverse())?.code).to.equal('message/duplicate');
    expect(sharesFlaw(frame, bent(shares, 'Shares', 0, { attempt: 2 }))?.code).to.equal(
      'message/other-attempt',
    );
    expect(sharesFlaw(frame, bent(shares, 'Shares', 0, { round: 2 }))?.code).to.equal(
      'message/other-attempt',
    );
    expect(sharesFlaw(frame, bent(shares, 'Shares', 0, { job: 8 }))?.code).to.equal('message/other-attempt');
    expect(sharesFlaw(frame, bent(shares, 'Shares', 0, { roster: other }))?.code).to.equal(
      'message/other-roster',
    );
  });

  it('are refused when another member signed them', () => {
    const forged = shares.map((s, i) => (i === 2 ? signed(1, 'Shares', s.message) : s));
    expect(sharesFlaw(frame, forged)?.code).to.equal('message/bad-signature');
  });

  it('need t sharers, t survivors and T confirmations', () => {
    expect(sharesFlaw(frame, shares.slice(0, 3))?.code).to.equal('sharers/too-few');
    expect(inputsFlaw(frame, shares, inputs.slice(0, 3))?.code).to.equal('survivors/too-few');
    expect(confirmationsFlaw(frame, shares, inputs, confirmations.slice(0, 3))?.code).to.equal(
      'confirm/too-few',
    );
  });

  it('refuses an input masked for another U2, or from outside it', () => {
    expect(inputsFlaw(frame, shares, bent(inputs, 'Input', 1, { sharers: other }))?.code).to.equal(
      'input/other-sharers',
    );
    const four = cohort({ n: 5, lostBeforeSharing: [0] });
    const intruder = signed(0, 'Input', { ...four.inputs[0]!.message, member: 0 });
    expect(inputsFlaw(four.frame, four.shares, [intruder, ...four.inputs])?.code).to.equal(
      'survivors/not-sharers',
    );
  });

  it('refuses a confirmation of another set, and one by a dropout', () => {
    const cases = [{ survivors: other }, { sharers: other }];
    for (const change of cases) {
      const list = bent(confirmations, 'Confirm', 2, change);
      expect(confirmationsFlaw(frame, shares, inputs, list)?.code).to.equal('confirm/other-survivors');
    }
    const dropout = signed(3, 'Confirm', { ...confirmations[0]!.message, member: 3 });
    const list = [...confirmations.slice(0, 3), dropout, ...confirmations.slice(3)];
    expect(confirmationsFlaw(frame, shares, inputs, list)?.code).to.equal('confirm/not-a-survivor');
  });

  it('permit a retry only with T aborts by distinct members of that attempt', () => {
    const abort = (member: number, fields: object = {}) =>
      signed(member, 'Abort', {
        ...honest.id,
        member,
        roster: frame.roster.root,
        reason: 'deadline',
        ...fields,
      });
    expect(
      abortsFlaw(
        frame,
        [0, 1, 2, 4].map((member) => abort(member)),
      ),
    ).to.equal(null);
    expect(
      abortsFlaw(
        frame,
        [0, 1, 2].map((member) => abort(member)),
      )?.code,
    ).to.equal('retry/too-few-aborts');
    expect(
      abortsFlaw(
        frame,
        [0, 1, 1, 2].map((member) => abort(member)),
      )?.code,
    ).to.equal('message/duplicate');
    expect(
      abortsFlaw(
        frame,
        [0, 1, 2, 3].map((m) => abort(m, { attempt: 9 })),
      )?.code,
    ).to.equal('message/other-attempt');
  });

  it('gives a survivors root that moves with who survived and with each input', () => {
    expect(survivorsRoot([...inputs].reverse())).to.equal(survivorsRoot(inputs));
    expect(survivorsRoot(inputs.slice(1))).to.not.equal(survivorsRoot(inputs));
    expect(survivorsRoot(bent(inputs, 'Input', 0, { inputRoot: other }))).to.not.equal(survivorsRoot(inputs));
  });

  it('signs every field of a revealed share', () => {
    const share = { member: 1, kind: 'seed', y: '0x01', other, path: [other] } as const;
    const digests = [
      share,
      { ...share, member: 2 },
      { ...share, kind: 'mask' as const },
      { ...share, y: '0x02' as const },
      { ...share, other: digestOfText('x') },
      { ...share, path: [] },
    ].map((one) => revealedDigest([one as never]));
    expect(new Set(digests).size).to.equal(6);
  });
});

describe('evidence', () => {
  const evidence = {
    roster: enrolments,
    shares,
    inputs,
    confirmations,
    secrets: honest.secrets,
  } as never as Evidence;
  const withSecret = (at: number, change: object): Evidence => ({
    ...evidence,
    secrets: evidence.secrets.map((secret, index) => (index === at ? { ...secret, ...change } : secret)),
  });

  it('holds together when honest', () => {
    expect(evidenceMessagesFlaw(frame, evidence)).to.equal(null);
    expect(evidenceSecretsFlaw(frame, evidence)).to.equal(null);
  });

  it('is refused with a missing, doubled, false or wrong kind of secret', () => {
    const missing = { ...evidence, secrets: evidence.secrets.slice(1) };
    expect(evidenceSecretsFlaw(frame, missing)?.code).to.equal('evidence/secrets-missing');
    const doubled = { ...evidence, secrets: [...evidence.secrets, evidence.secrets[4]!] };
    expect(evidenceSecretsFlaw(frame, doubled)?.code).to.equal('evidence/secrets-missing');
    expect(evidenceSecretsFlaw(frame, withSecret(0, { value: other }))?.code).to.equal(
      'evidence/false-secret',
    );
    expect(evidenceSecretsFlaw(frame, withSecret(3, { value: other }))?.code).to.equal(
      'evidence/false-secret',
    );
    expect(evidenceSecretsFlaw(frame, withSecret(0, { kind: 'mask' }))?.code).to.equal(
      'evidence/wrong-secret',
    );
    expect(evidenceSecretsFlaw(frame, withSecret(3, { kind: 'seed' }))?.code).to.equal(
      'evidence/wrong-secret',
    );
  });

  it('is refused when one of its lists is', () => {
    const lists: [Partial<Evidence>, string][] = [
      [{ shares: shares.slice(0, 2) }, 'sharers/too-few'],
      [{ inputs: evidence.inputs.slice(0, 2) }, 'survivors/too-few'],
      [{ confirmations: confirmations.slice(0, 2) }, 'confirm/too-few'],
    ];
    for (const [change, code] of lists)
      expect(evidenceMessagesFlaw(frame, { ...evidence, ...change })?.code).to.equal(code);
  });
});

describe('a cohort of the tests', () => {
  it('enrols what it says', () => {
    expect(enrolmentOf(expected, 1, honest.keys[1]!)).to.deep.equal(enrolments[1]!.message);
  });
});
