import { expect } from 'chai';
import { metered } from '#cli/commands/lineage-meter.ts';
import { failureOf } from '#test/ipfs/failure.ts';
import { TributaryError } from '#crypto/error.ts';

describe('a meter of blocks', () => {
  function terminal(isTTY: boolean) {
    const written: string[] = [];
    let clock = 0;
    return {
      written,
      out: { isTTY, write: (text: string) => written.push(text) },
      now: () => clock,
      pass: (millis: number) => (clock += millis),
    };
  }

  it('shows what passes on one line of a terminal, ten times a second at most', async () => {
    const { written, out, now, pass } = terminal(true);
    const { value, passed } = await metered(
      'exported',
      (count) => {
        for (const size of [1_000_000, 250_000, 7]) {
          count(size);
          pass(60);
        }
        return Promise.resolve('done');
      },
      out,
      now,
    );
    expect(value).to.equal('done');
    expect(passed).to.deep.equal({ blocks: 3, bytes: 1_250_007 });
    expect(written).to.deep.equal([
      '\rexported 1 blocks, 1.0 MB',
      '\rexported 3 blocks, 1.3 MB',
      '\rexported 3 blocks, 1.3 MB',
      '\n',
    ]);
  });

  it('is silent where nobody looks, and counts all the same', async () => {
    const { written, out, now } = terminal(false);
    const { passed } = await metered('exported', (count) => Promise.resolve(count(5)), out, now);
    expect(passed).to.deep.equal({ blocks: 1, bytes: 5 });
    expect(written).to.deep.equal([]);
  });

  it('ends its line before a failure is reported', async () => {
    const { written, out, now } = terminal(true);
    const fails = metered(
      'pinned',
      () => Promise.reject(new TributaryError('ipfs/not-found', 'x')),
      out,
      now,
    );
    expect((await failureOf(fails)).code).to.equal('ipfs/not-found');
    expect(written.at(-1)).to.equal('\n');
  });
});
