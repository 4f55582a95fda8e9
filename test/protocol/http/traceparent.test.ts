/** Trace context as a header: what is taken up, and what is no trace. https://www.w3.org/TR/trace-context/ §3.2, §4.3 */
import { expect } from 'chai';
import { newTrace, parseTraceparent, traceparentOf } from '#protocol/http/traceparent.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const parent = '00f067aa0ba902b7';
const written = `00-${traceId}-${parent}-01`;

describe('a traceparent', () => {
  it('names its trace, by this version or one to come', () => {
    for (const header of [
      written,
      `cc-${traceId}-${parent}-01`,
      `01-${traceId}-${parent}-01-what-the-future-brings`,
    ])
      expect(parseTraceparent(header), header).to.deep.equal({ traceId, flags: '01' });
  });

  it('is none where anything of it is not as the standard says', () => {
    for (const header of [
      undefined,
      '',
      `00-${traceId}-${parent}`,
      `00-${traceId}-${parent}-01-`,
      `00-${traceId}-${parent}-01-more`,
      `01-${traceId}-${parent}-01.more`,
      `ff-${traceId}-${parent}-01`,
      `00-${'0'.repeat(32)}-${parent}-01`,
      `00-${traceId}-${'0'.repeat(16)}-01`,
      `00-${traceId.toUpperCase()}-${parent}-01`,
      `00-${traceId.slice(1)}-${parent}-01`,
      `00-${traceId}0-${parent}-01`,
      `00-${traceId}-${parent}-1`,
      ` ${written}`,
      `${written}, ${written}`,
      written.replaceAll('-', '_'),
    ])
      expect(parseTraceparent(header), header).to.equal(null);
  });

  it('goes on with the same trace and flags, under an id of its own each time', () => {
    const made = Array.from({ length: 50 }, () => traceparentOf({ traceId, flags: '01' }));
    for (const header of made) {
      expect(header).to.match(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
      expect(parseTraceparent(header)).to.deep.equal({ traceId, flags: '01' });
    }
    expect(new Set(made).size).to.equal(50);
  });

  it('begins with a new id, which says that it is random and not sampled', () => {
    const made = Array.from({ length: 50 }, newTrace);
    for (const trace of made) expect(parseTraceparent(traceparentOf(trace))).to.deep.equal(trace);
    expect(made[0]?.flags).to.equal('02');
    expect(new Set(made.map((trace) => trace.traceId)).size).to.equal(50);
  });
});
