/** Every vector through crypto/, on both platforms; and the vectors are what the reference makes. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { expect } from 'chai';

import { platform as node } from '#crypto/platform/node.ts';
import { platform as portable } from '#crypto/platform/portable.ts';
import { platform } from '#platform';
import { generate } from '#test/support/reference/generate.ts';

import { pieces } from './replay/pieces.ts';
import { primitives, publishedTree } from './replay/published.ts';
import { rounds } from './replay/rounds.ts';

const replays = [publishedTree(), ...pieces(), ...rounds()];

describe('vectors', () => {
  it('are replayed here on the platform of Node', () => {
    expect(platform).to.equal(node);
  });

  for (const { name, run } of primitives(node)) it(`holds on Node's primitives: ${name}`, run);
  for (const { name, run } of primitives(portable)) it(`holds on the portable primitives: ${name}`, run);
  for (const { name, run } of replays) it(`holds on Node: ${name}`, run);

  it('hold all the same where the platform is the portable one', function () {
    // A process of its own, in which one key agreement takes a millisecond.
    this.timeout(60_000);
    const hook = new URL('./replay/portable-hook.mjs', import.meta.url);
    const main = fileURLToPath(new URL('./replay/main.ts', import.meta.url));
    const options = ['--import', 'tsx', '--import', hook.href, main];
    const output = execFileSync(process.execPath, options, { encoding: 'utf8' });
    const names = [...primitives(node), ...replays].map(({ name }) => name);
    expect(output.trim().split('\n')).to.deep.equal([...names, 'on the portable platform']);
  });

  for (const [name, content] of generate()) {
    it(`are what the reference makes: ${name}`, () => {
      const committed = readFileSync(new URL(`../vectors/${name}`, import.meta.url), 'utf8');
      expect(committed).to.equal(content);
    });
  }
});
