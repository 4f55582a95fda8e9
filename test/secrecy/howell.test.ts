/** The algebra that the leakage tests rest on, against enumeration. */
import { expect } from 'chai';
import fc from 'fast-check';
import { Span, type Row } from './howell.ts';

/** Every combination of the rows modulo 2^w. */
function enumerated(w: number, rows: readonly Row[], length: number): Set<string> {
  let all = [Array.from({ length }, () => 0)];
  for (const row of rows) {
    all = all.flatMap((one) =>
      Array.from({ length: 2 ** w }, (_, factor) =>
        one.map((entry, at) => (entry + factor * (row[at] ?? 0)) % 2 ** w),
      ),
    );
  }
  return new Set(all.map(String));
}

const everyRow = (w: number, length: number): Row[] =>
  Array.from({ length: 2 ** (w * length) }, (_, code) =>
    Array.from({ length }, (_, at) => Math.floor(code / 2 ** (w * at)) % 2 ** w),
  );

describe('spans over the integers modulo 2^w', () => {
  const systems = fc
    .integer({ min: 1, max: 2 })
    .chain((w) =>
      fc.tuple(
        fc.constant(w),
        fc.array(fc.array(fc.nat({ max: 2 ** w - 1 }), { minLength: 4, maxLength: 4 }), { maxLength: 4 }),
      ),
    );

  it('hold exactly the combinations of their rows', () =>
    fc.assert(
      fc.property(systems, ([w, rows]) => {
        const span = new Span(w, rows);
        const truth = enumerated(w, rows, 4);
        for (const row of everyRow(w, 4)) expect(span.has(row), String(row)).to.equal(truth.has(String(row)));
      }),
      { seed: 1, numRuns: 60 },
    ));

  it('know all that begins with zeros, which takes multiples that lose their leading entry', () =>
    fc.assert(
      fc.property(systems, ([w, rows]) => {
        const truth = [...enumerated(w, rows, 4)]
          .map((text) => text.split(',').map(Number))
          .filter((row) => row[0] === 0 && row[1] === 0)
          .map((row) => String(row.slice(2)));
        const found = enumerated(w, new Span(w, rows).beginningWith(2), 2);
        expect([...found].sort()).to.deep.equal([...new Set(truth)].sort());
      }),
      { seed: 2, numRuns: 60 },
    ));

  it('are not those over a field: twice a row says more than the row', () => {
    const span = new Span(8, [[128, 1, 0]]);
    expect(span.beginningWith(1)).to.deep.equal([[2, 0]]);
    expect(span.has([0, 1, 0])).to.equal(false);
  });
});
