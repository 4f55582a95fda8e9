import { expect } from 'chai';
import { formatJobId, parseJobId } from '#protocol/job-id.ts';
import { fromParameters, toParameters } from '#protocol/aggregation.ts';
import { enrolment, input } from '#protocol/messages.ts';
import { fromProblem, problem, toProblem } from '#protocol/problem.ts';
import { weightBucket } from '#protocol/rules/weight.ts';
import {
  address,
  amount,
  bytes32,
  compactSignature,
  decimal,
  hex,
  jobNumber,
  seconds,
} from '#protocol/units.ts';
import { TributaryError } from '#crypto/error.ts';
import { cohort, domain } from '#test/support/cohort.ts';

const codeOf = (action: () => unknown): string => {
  try {
    action();
    return 'nothing thrown';
  } catch (error) {
    return error instanceof TributaryError ? error.code : String(error);
  }
};

describe('units at the edge', () => {
  const refused = (schema: { safeParse(value: unknown): { success: boolean } }, ...values: unknown[]) => {
    for (const value of values) expect(schema.safeParse(value).success, String(value)).to.equal(false);
  };

  it('take bytes in lower-case hex of the right length only', () => {
    const good = `0x${'ab'.repeat(32)}`;
    expect(bytes32.parse(good)).to.equal(good);
    refused(
      bytes32,
      good.toUpperCase(),
      `0x${'AB'.repeat(32)}`,
      good.slice(2),
      `${good}00`,
      `0x${'zz'.repeat(32)}`,
      7,
      null,
    );
    refused(compactSignature, `0x${'ab'.repeat(65)}`, good);
    refused(hex, '0xabc', 'ab', '0xAB');
    expect(hex.parse('0x')).to.equal('0x');
  });

  it('take addresses of either case and hold them in lower case', () => {
    expect(address.parse(`0x${'Ab'.repeat(20)}`)).to.equal(`0x${'ab'.repeat(20)}`);
    refused(address, `0x${'ab'.repeat(19)}`, `0x${'ab'.repeat(32)}`);
  });

  it('take amounts as whole decimal text, and decimals without a float', () => {
    expect(amount.parse('0')).to.equal('0');
    refused(amount, '-1', '01', '1.5', '1e3', '', 5, ' 1');
    expect(decimal.parse('-0.05')).to.equal('-0.05');
    refused(decimal, '.5', 'NaN', 'Infinity', '1,5', '0x10', 0.5);
  });

  it('take whole seconds and job numbers from 1', () => {
    refused(seconds, 1.5, -1, 2 ** 60);
    refused(jobNumber, 0, 1.5, 2 ** 54, '1');
  });

  it('refuse a message with a field too many, too few, or of another type', () => {
    const { message } = cohort({ n: 3 }).enrolments[0]!;
    expect(enrolment.parse(message)).to.deep.equal(message);
    refused(
      enrolment,
      { ...message, extra: 1 },
      { ...message, seat: '1' },
      { ...message, round: 0 },
      { ...message, backend: '' },
    );
    refused(input, { ...message });
  });
});

describe('a job id', () => {
  const id = { ...domain, job: 7 };
  it('is written chain:escrow/number and read back', () => {
    expect(formatJobId(id)).to.equal(`31337:0x${'ee'.repeat(20)}/7`);
    expect(parseJobId(formatJobId(id))).to.deep.equal(id);
  });
  for (const text of [
    '7',
    '31337:0xee/7',
    `31337:0x${'ee'.repeat(20)}/0`,
    `31337:0x${'ee'.repeat(20)}/7/8`,
    '',
  ]) {
    it(`is not "${text}"`, () => expect(codeOf(() => parseJobId(text))).to.equal('job/bad-id'));
  }
});

describe('the rules', () => {
  it('bucket a row count to the power of two below it', () => {
    expect([1, 2, 3, 63, 64, 65, 127].map(weightBucket)).to.deep.equal([1, 2, 2, 32, 64, 64, 64]);
    for (const rows of [0, -1, 1.5, NaN])
      expect(codeOf(() => weightBucket(rows))).to.equal('data/too-few-rows');
  });

  it('carry aggregation parameters through their block, and refuse bad ones', () => {
    const { parameters } = cohort({ n: 3 });
    expect(toParameters(fromParameters(parameters))).to.deep.equal(parameters);
    expect(codeOf(() => toParameters({ ...fromParameters(parameters), bits: 40 }))).to.equal(
      'parameters/bits',
    );
  });
});

describe('problems', () => {
  it('carry a code and its message across HTTP', () => {
    const error = new TributaryError('input/conflict', 'another input is already there');
    const back = fromProblem(
      problem.parse(JSON.parse(JSON.stringify(toProblem(error, 409, crypto.randomUUID())))),
    );
    expect([back.code, back.message]).to.deep.equal(['input/conflict', 'another input is already there']);
  });

  it('of the coordinator itself name the request, others need not', () => {
    const id = '3f2b7c1e-9a4d-4b60-8f1c-2d5e6a7b8c9d';
    const message = (status: number) =>
      fromProblem(toProblem(new TributaryError('coordinator/internal', 'it failed'), status, id)).message;
    expect(message(500)).to.equal(`it failed (urn:uuid:${id})`);
    expect(message(422)).to.equal('it failed');
    const { type, title, status, code, detail } = toProblem(
      new TributaryError('chain/unreachable', 'away'),
      503,
      id,
    );
    expect(fromProblem({ type, title, status, code, detail }).message).to.equal('away');
  });
});
