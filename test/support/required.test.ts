/** What a test looks for and does not find: a skip that says why, or a failure where the run requires it. */
import { expect } from 'chai';
import { findChromium } from './chromium.ts';
import { findPostgres } from './postgres.ts';

const nowhere = '/nowhere/at-all';
const sought = {
  postgres: { find: (needed: string) => findPostgres(env(needed), nowhere), missing: 'no PostgreSQL' },
  chromium: { find: (needed: string) => findChromium(env(needed)), missing: 'no Chromium' },
};
const env = (needed: string) => ({ PATH: nowhere, TRIBUTARY_REQUIRE: needed });

for (const [name, { find, missing }] of Object.entries(sought)) {
  describe(`${name} for tests`, () => {
    it('that is not to be had skips what asks for it, and says why', async () => {
      for (const needed of ['', 'another', `not-${name}`])
        expect(await find(needed))
          .to.have.property('skipped')
          .that.contains(missing);
    });

    it('that is not to be had is a failure where the run requires one', async () => {
      for (const needed of [name, `another,${name}`, `${name} another`])
        expect(await find(needed).catch(String)).to.contain(`Error: ${missing}`);
    });
  });
}
