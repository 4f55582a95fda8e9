/** What a member of a sparse attempt refuses to believe of its roster, sharers, survivors and confirmations. */
import { expect } from 'chai';
import { toHex } from '#crypto/bytes.ts';
import { memberSet } from '#crypto/members.ts';
import { merklePaths, merkleRoot } from '#crypto/merkle.ts';
import type { Neighbourhood, SurvivorsProof } from '#protocol/attempt-view.ts';
import type { Confirm, Enrolment, Signed } from '#protocol/messages.ts';
import { seatBitmap } from '#protocol/rules/bitmap.ts';
import {
  nearConfirmationsFlaw,
  nearDigest,
  nearSharesFlaw,
  neighbourhoodFlaw,
  rosterFrom,
  shownRoot,
  survivorsIn,
  survivorsProofFlaw,
} from '#protocol/rules/neighbourhood.ts';
import { buildRoster, rosterLeaves, type SeatFacts } from '#protocol/rules/roster.ts';
import { agreedRoot, membersDigest, sharersNear } from '#protocol/rules/survivors.ts';
import type { Bytes32 } from '#protocol/units.ts';
import { cohort, signed } from '#test/support/cohort.ts';
import { draw, nearView, twelve } from '#test/support/near.ts';

const own = 4;

describe('a neighbourhood', () => {
  const at = cohort({ n: twelve, draw });
  const shownOf = (enrolments: readonly Signed<Enrolment>[] = at.enrolments): Neighbourhood =>
    nearView('sharing', { ...at, enrolments, draw }, own).roster;
  const shown = shownOf();
  const near = shown.members.map(({ member }) => member);
  const [one, two] = near.filter((member) => member !== own) as [number, number];
  const far = Array.from({ length: twelve }, (_, member) => member).filter(
    (member) => !near.includes(member),
  );
  const flawOf = (of: Neighbourhood, seats: readonly SeatFacts[] = at.seats) =>
    neighbourhoodFlaw(at.domain, of, rosterFrom(of, 1, draw), own, at.expected, seats)?.code ?? null;
  /** The same roster with a member's enrolment in another form, where it is shown; tree and bitmap stay. */
  const withMember = (member: number, change: (old: Neighbourhood['members'][number]) => object) => ({
    ...shown,
    members: shown.members.map((entry) => (entry.member === member ? { ...entry, ...change(entry) } : entry)),
  });

  it('is seven of twelve, and gives the root, graph and neighbours of the whole roster', () => {
    const roster = rosterFrom(shown, 1, draw);
    expect(near).to.have.length(7);
    expect(flawOf(shown)).to.equal(null);
    expect(roster.root).to.equal(at.roster.root);
    expect(roster.size).to.equal(twelve);
    expect(roster.threshold).to.equal(5);
    expect([...roster.graph.neighboursOf(own)]).to.deep.equal([...at.roster.graph.neighboursOf(own)]);
    expect(roster.members.filter(Boolean).map(({ index }) => index)).to.deep.equal(near);
  });

  it('is that of the attempt: another one draws another graph', () => {
    const graphs = [1, 2, 3].map((attempt) => rosterFrom(shown, attempt, draw).graph);
    expect(new Set(graphs.map((graph) => [...graph.neighboursOf(own)].join())).size).to.be.greaterThan(1);
  });

  it('shows exactly the neighbours of the graph', () => {
    const foreign = { ...shown.members[0]!, member: far[0]! };
    const others = [
      shown.members.slice(1),
      [...shown.members, foreign],
      [...shown.members].reverse(),
      [...shown.members, shown.members.at(-1)!],
      shown.members.filter(({ member }) => member !== own),
    ];
    for (const members of others) expect(flawOf({ ...shown, members })).to.equal('roster/other-neighbours');
  });

  it('puts every member at the place that the bitmap gives its seat', () => {
    const [first, second] = [one, two].map((member) =>
      shown.members.find((entry) => entry.member === member)!,
    );
    expect(flawOf(withMember(one, () => ({ envelope: second!.envelope })))).to.equal('roster/order');
    expect(flawOf(withMember(two, () => ({ envelope: first!.envelope })))).to.equal('roster/order');
  });

  it('is under the root: no key swapped, even by the member itself', () => {
    const { message } = at.enrolments[one]!;
    const swapped = { ...message, maskKey: message.channelKey, channelKey: message.maskKey };
    expect(flawOf(withMember(one, () => ({ envelope: signed(one, 'Enrolment', swapped) })))).to.equal(
      'roster/off-root',
    );
    expect(flawOf(withMember(one, ({ path }) => ({ path: path.slice(1) })))).to.equal('roster/off-root');
    expect(flawOf({ ...shown, tree: at.expected.model })).to.not.equal(null);
  });

  it('holds enrolments that are sound by themselves', () => {
    const { message, signature } = at.enrolments[one]!;
    const bad = withMember(one, () => ({ envelope: signed(two, 'Enrolment', message) }));
    expect(flawOf(bad)).to.equal('message/bad-signature');
    const other = { ...message, attempt: 2 };
    expect(flawOf(withMember(one, () => ({ envelope: { message: other, signature } })))).to.equal(
      'message/other-attempt',
    );
  });

  it('holds seats that the job has', () => {
    // The last member is nobody's business here: only the bitmap names it.
    const lastFar = far.at(-1)!;
    const seats = at.seats.map((seat, index) => (index === lastFar ? undefined : seat)) as SeatFacts[];
    expect(flawOf(shown, seats)).to.equal('enrolment/unknown-seat');
  });

  it('has each operator and each owner once, far away too', () => {
    const change = (facts: Partial<SeatFacts>) =>
      at.seats.map((seat, index) => (index === far[0] ? { ...seat, ...facts } : seat));
    expect(flawOf(shown, change({ operator: at.seats[far[1]!]!.operator }))).to.equal(
      'roster/duplicate-operator',
    );
    expect(flawOf(shown, change({ owner: at.seats[own]!.owner }))).to.equal('roster/duplicate-owner');
  });

  it('has each ephemeral key once among those that are known', () => {
    const copied = at.enrolments.map(({ message }, seat) =>
      signed(seat, 'Enrolment', {
        ...message,
        channelKey: seat === one ? at.enrolments[two]!.message.channelKey : message.channelKey,
      }),
    );
    // The change of root moves the graph: whoever then sees both of them refuses.
    const roster = buildRoster(at.domain, copied, { draw, seats: twelve });
    const witness = roster.graph.neighboursOf(one).has(two)
      ? one
      : [...roster.graph.neighboursOf(one)].find((m) => roster.graph.neighboursOf(m).has(two))!;
    const seen = nearView('sharing', { ...at, enrolments: copied, draw }, witness).roster;
    const found = neighbourhoodFlaw(
      at.domain,
      seen,
      rosterFrom(seen, 1, draw),
      witness,
      at.expected,
      at.seats,
    );
    expect(found?.code).to.equal('roster/duplicate-key');
  });

  it('counts every seat of the bitmap in its size: paths of another size do not fit', () => {
    const fewer = {
      ...shown,
      seats: seatBitmap(
        Array.from({ length: 11 }, (_, seat) => seat),
        twelve,
      ),
    };
    expect(rosterFrom(fewer, 1, draw).root).to.not.equal(at.roster.root);
    expect(flawOf(fewer)).to.not.equal(null);
    const tree = toHex(merkleRoot(rosterLeaves(at.domain, at.enrolments))) as Bytes32;
    expect(shown.tree).to.equal(tree);
  });
});

describe('sharers near a member', () => {
  const at = cohort({ n: twelve, draw });
  const holders = [...at.roster.graph.neighboursOf(own)];
  const view = nearView('masking', { ...at, draw }, own);
  const frame = { ...at.frame, roster: rosterFrom(view.roster, 1, draw) };
  const without = (...lost: number[]) => view.sharers.filter(({ message }) => !lost.includes(message.member));
  const flawOf = (sharers: typeof view.sharers) => nearSharesFlaw(frame, own, sharers)?.code ?? null;

  it('are enough with five neighbours of six, and not with four', () => {
    expect(flawOf(view.sharers)).to.equal(null);
    expect(flawOf(without(holders[0]!))).to.equal(null);
    expect(flawOf(without(holders[0]!, holders[1]!))).to.equal('sharers/too-few');
  });

  it('do not count the member itself', () => {
    expect(flawOf(without(own, holders[0]!))).to.equal(null);
    expect(flawOf(without(own, holders[0]!, holders[1]!))).to.equal('sharers/too-few');
  });

  it('are known, signed by themselves, each once', () => {
    const stranger = at.shares.find(
      ({ message }) => !view.sharers.some((s) => s.message.member === message.member),
    )!;
    expect(flawOf([...view.sharers, stranger])).to.equal('message/not-a-member');
    expect(flawOf([view.sharers[0]!, ...view.sharers])).to.equal('message/duplicate');
    const bad = { ...view.sharers[0]!, signature: view.sharers[1]!.signature };
    expect(flawOf([bad, ...view.sharers.slice(1)])).to.equal('message/bad-signature');
  });

  it('are what an Input signs: the near ones, itself included, no others', () => {
    const digest = membersDigest(memberSet([...holders, own]));
    expect(nearDigest(frame.roster, own, view.sharers)).to.equal(digest);
    expect(nearDigest(at.roster, own, at.shares)).to.equal(digest);
    expect(at.inputs[own]!.message.sharers).to.equal(digest);
  });
});

describe('survivors as they are proven to a member', () => {
  const at = cohort({ n: twelve, draw });
  const holders = [...at.roster.graph.neighboursOf(own)];
  const sent = at.inputs[own]!.message.inputRoot;
  const near = sharersNear(at.roster, own, at.sharers);
  const proofWithout = (...lost: number[]) =>
    nearView(
      'confirming',
      { ...at, draw, inputs: at.inputs.filter(({ message }) => !lost.includes(message.member)) },
      own,
    ).inputs;
  const whole = proofWithout();
  const flawOf = (proof: SurvivorsProof, set = near, root: Bytes32 | null = sent) =>
    survivorsProofFlaw(at.frame, own, set, proof, root)?.code ?? null;

  it('are the survivors of all inputs, under one root', () => {
    const lost = proofWithout(holders[0]!);
    expect(flawOf(whole)).to.equal(null);
    expect(flawOf(lost)).to.equal(null);
    expect([...survivorsIn(lost)]).to.deep.equal(
      Array.from({ length: twelve }, (_, member) => member).filter((member) => member !== holders[0]),
    );
    expect(shownRoot(at.roster, whole)).to.equal(agreedRoot(at.roster, at.inputs));
  });

  it('fit the roster: no bit beyond it, no byte too many or too few', () => {
    const all = survivorsIn(whole).indices;
    expect(flawOf({ ...whole, members: seatBitmap([...all, 12], 16) })).to.equal('survivors/not-members');
    expect(flawOf({ ...whole, members: seatBitmap(all, 24) })).to.equal('survivors/not-members');
    expect(flawOf({ ...whole, members: seatBitmap(all.slice(0, 8), 8) })).to.equal('survivors/not-members');
  });

  it('shared, as far as the member sees', () => {
    const seen = memberSet(near.indices.filter((member) => member !== holders[2]));
    expect(flawOf(whole, seen)).to.equal('survivors/not-sharers');
    expect(flawOf(proofWithout(own), seen)).to.equal('survivors/not-sharers');
  });

  it('hold the member with the input that it sent', () => {
    expect(flawOf(whole, near, at.inputs[0]!.message.inputRoot)).to.equal('survivors/own-input');
    expect(flawOf(whole, near, null)).to.equal('survivors/own-input');
    expect(flawOf({ ...whole, path: null })).to.equal('survivors/own-input');
    expect(flawOf({ ...whole, tree: at.expected.model })).to.equal('survivors/own-input');
  });

  it('hold the member at its own place', () => {
    const leaves = at.inputs.map(({ message }) => message.member);
    expect(leaves[own]).to.equal(own);
    const other = nearView('confirming', { ...at, draw }, own + 1).inputs;
    expect(flawOf({ ...whole, path: other.path })).to.equal('survivors/own-input');
    expect(merklePaths(leaves.map((m) => Uint8Array.of(m)))).to.have.length(twelve);
  });

  it('leave it five neighbours at least', () => {
    expect(flawOf(proofWithout(holders[0]!, holders[1]!))).to.equal('survivors/cut-off');
  });

  it('may be without it, and then it has nothing to hold against them', () => {
    expect(flawOf(proofWithout(own))).to.equal(null);
    expect(flawOf(proofWithout(own, ...holders.slice(0, 4)), near, null)).to.equal(null);
  });

  describe('and confirmed', () => {
    const view = nearView('unmasking', { ...at, draw }, own);
    const confirmed = (list: readonly Signed<Confirm>[], proof = whole) =>
      nearConfirmationsFlaw(at.frame, own, near, proof, list)?.code ?? null;
    const but = (member: number) => view.confirmations.filter(({ message }) => message.member !== member);

    it('are so by every neighbour among them', () => {
      expect(confirmed(view.confirmations)).to.equal(null);
      expect(confirmed(but(own))).to.equal(null);
      for (const member of holders) expect(confirmed(but(member))).to.equal('confirm/too-few');
    });

    it('need no word of a neighbour that is lost', () => {
      const lost = holders[1]!;
      const proof = proofWithout(lost);
      const again = holders
        .filter((member) => member !== lost)
        .map((member) =>
          signed(member, 'Confirm', {
            ...at.confirmations[member]!.message,
            survivors: shownRoot(at.roster, proof),
          }),
        );
      expect(confirmed(again, proof)).to.equal(null);
      expect(confirmed(view.confirmations, proof)).to.equal('confirm/other-survivors');
    });

    it('are so by their own signatures', () => {
      const member = holders[3]!;
      const { message } = at.confirmations[member]!;
      expect(confirmed([...but(member), signed(own, 'Confirm', message)])).to.equal('message/bad-signature');
      const other = signed(member, 'Confirm', { ...message, survivors: at.expected.model });
      expect(confirmed([...but(member), other])).to.equal('confirm/other-survivors');
    });
  });
});
