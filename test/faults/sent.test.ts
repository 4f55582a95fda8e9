/** What the runs of faults hold against a client can fail: each lapse, made of real messages, is found. */
import { expect } from 'chai';
import { encodeToken } from '#protocol/http/token.ts';
import type { Signed } from '#protocol/messages.ts';
import { unmaskingOf } from '#test/coordinator/fixtures.ts';
import { cohort, digestOfText, domain, signed } from '#test/support/cohort.ts';
import type { Carried } from '#test/support/faulty-proxy.ts';
import { lapses, sentBy } from './sent.ts';

const THRESHOLD = 3;
const first = cohort({ n: 4 });
const again = cohort({ n: 4, id: { ...first.id, attempt: 2 }, seed: 'again' });

const posted = (path: string, body: object): Carried => ({
  ...{ method: 'POST', path: `/v1/jobs/7/rounds/1/attempts/1/${path}`, token: undefined, status: 200 },
  body: Buffer.from(JSON.stringify(body)),
});
const uploaded = (input: Signed<Readonly<{ member: number }>>, vector: Uint8Array): Carried => ({
  ...{ method: 'PUT', path: `/v1/jobs/7/rounds/1/attempts/1/inputs/${input.message.member}`, status: 200 },
  ...{ body: Buffer.from(vector), token: encodeToken(input) },
});
const found = (...carried: Carried[]) => lapses(sentBy(carried, domain), THRESHOLD);

const input = (of: typeof first, member: number) => uploaded(of.inputs[member]!, of.vectors.get(member)!);
const abort = (member: number) =>
  posted(
    'aborts',
    signed(
      member,
      'Abort',
      { ...first.id, member, roster: first.roster.root, reason: 'attempt/ended' },
      domain,
    ),
  );

describe('what members sent', () => {
  it('is fine as often as it is the same', () => {
    const all = [
      ...first.enrolments.map((one) => posted('enrolments', one)),
      ...[0, 1, 2, 3].map((member) => input(first, member)),
      ...[0, 1, 2, 3].map((member) => posted('unmaskings', unmaskingOf(first, member))),
    ];
    const sent = sentBy([...all, ...all], domain);
    expect(lapses(sent, THRESHOLD)).to.deep.equal([]);
    expect([sent.enrolments.length, sent.inputs.length, sent.unmaskings.length]).to.deep.equal([8, 8, 8]);
    expect(new Set(sent.inputs.map(({ signer }) => signer)).size).to.equal(4);
  });

  it('is a lapse where a second input differs, in its message or in its vector alone', () => {
    const { message } = first.inputs[1]!;
    const other = signed(1, 'Input', { ...message, inputRoot: digestOfText('other') }, domain);
    expect(found(input(first, 1), uploaded(other, first.vectors.get(1)!))).to.have.length(1);
    const vector = Uint8Array.from(first.vectors.get(1)!);
    vector[0] = (vector[0] ?? 0) ^ 1;
    const [lapse = ''] = found(input(first, 1), uploaded(first.inputs[1]!, vector));
    expect(lapse).to.match(/^two masked inputs of 0x[0-9a-f]{40} in 7\/1\/1$/);
  });

  it('is a lapse where an input of another attempt comes without the aborts of the one before', () => {
    const [lapse = ''] = found(input(first, 2), abort(0), abort(1), input(again, 2));
    expect(lapse).to.match(/masked again, 2 having given 7\/1\/1 up$/);
    expect(found(input(first, 2), abort(0), abort(1), abort(3), input(again, 2))).to.deep.equal([]);
  });

  it('is a lapse where a key is enrolled in two attempts, or another in the same', () => {
    const { message } = first.enrolments[0]!;
    const reused = signed(0, 'Enrolment', { ...message, attempt: 2 }, domain);
    expect(found(posted('enrolments', first.enrolments[0]!), posted('enrolments', reused))).to.have.length(2);
    const other = signed(0, 'Enrolment', { ...message, maskKey: digestOfText('key') }, domain);
    expect(found(posted('enrolments', first.enrolments[0]!), posted('enrolments', other))).to.have.length(1);
  });

  it('is a lapse where both shares of a member are opened', () => {
    const opened = unmaskingOf(first, 0);
    const [share] = opened.shares;
    const both = { ...opened, shares: [...opened.shares, { ...share!, kind: 'mask' as const }] };
    expect(found(posted('unmaskings', both))).to.have.length(1);
  });
});
