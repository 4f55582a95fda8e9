/** Texts that were met before are held once: what is told apart by `===` only in memory is told by how much of it there is. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { shareTexts } from '#coordinator/shared-texts.ts';

const digest = `0x${'ab'.repeat(32)}`;
const account = `0x${'cd'.repeat(20)}`;

describe('texts that messages share', () => {
  it('are equal to what they were, wherever they stand, and nothing else is touched', () => {
    const value = {
      digest,
      list: [account, 7, null, { deep: digest, short: '0x', flag: true }],
      bytes: Uint8Array.of(1, 2, 3),
      signature: `0x${'ef'.repeat(65)}`,
    };
    const before = structuredClone(value);
    expect(shareTexts(value)).to.equal(value);
    expect(value).to.deep.equal(before);
    const frozen = Object.freeze({ digest, list: [account] });
    expect(shareTexts({ frozen })).to.deep.equal({ frozen: { digest, list: [account] } });
    for (const plain of [null, 7, digest, undefined]) expect(shareTexts(plain)).to.equal(plain);
  });

  it('are what they were when more than two generations of them have come', () => {
    for (let number = 0; number < 20_000; number++) {
      const text = `0x${String(number).padStart(64, '0')}`;
      expect(shareTexts({ text, digest })).to.deep.equal({ text, digest });
    }
  });

  it('take their room once, and those that came once are forgotten', () => {
    const program = fileURLToPath(new URL('shared-texts-program.ts', import.meta.url));
    const { stdout, stderr } = spawnSync(process.execPath, ['--expose-gc', '--import', 'tsx', program], {
      encoding: 'utf8',
    });
    const found = JSON.parse(stdout || stderr) as Readonly<{ apart: number; shared: number; once: number }>;
    // 100,000 objects with a text of 66 characters, and 100,000 texts that nobody holds any more.
    expect(found.apart - found.shared).to.be.greaterThan(7_000_000);
    expect(found.once).to.be.lessThan(3_000_000);
  });
});
