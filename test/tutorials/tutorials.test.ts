/** The tutorials, as a newcomer reads them: every block of all five, in one empty home. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { Reader, blocksIn } from './reader.ts';

const clone = join(import.meta.dirname, '..', '..');
const pages = join(clone, 'docs', 'tutorials');

describe('the tutorials', function () {
  // Some 100 s on a quiet machine.
  this.timeout(600_000);
  let reader: Reader;
  before(() => {
    reader = new Reader(pages, clone, { blockMillis: 180_000, stopMillis: 30_000 });
  });
  after(() => reader.close());

  it('do what they say, from an empty home to an empty home', async () => {
    await reader.follow('operator.md');
    await reader.assertNothingLeft();
  });

  it('were followed block by block, none left out', () => {
    const written = readdirSync(pages).sort();
    expect(written).to.deep.equal(['arbiter.md', 'auditor.md', 'buyer.md', 'operator.md', 'owner.md']);
    for (const page of written) {
      const text = readFileSync(join(pages, page), 'utf8');
      expect(reader.followed.get(page), page).to.have.lengthOf(blocksIn(text));
      expect(text.split('\n').length, page).to.be.at.most(151);
    }
  });
});
