/** The watch over posted rounds where evidence does not come, or its own node is away. */
import { expect } from 'chai';
import { isAlarm, postingText } from '#contracts/postings/events.ts';
import { TributaryError } from '#crypto/error.ts';
import { challengeSchema } from '#protocol/challenge.ts';
import { decodeBlock } from '#protocol/dag.ts';
import { flaw } from '#protocol/flaw.ts';
import { look, postingsIn, words, type Postings } from './posted.ts';
import { at, startWorld, type World } from './world.ts';

describe('the watch over posted rounds, where something is not to be had,', () => {
  let world: World;
  let on: Postings;
  before(async () => {
    world = await startWorld();
  });
  beforeEach(async () => {
    await world.reset();
    on = await postingsIn(world);
  });
  after(() => world.stop());

  const missing = async () =>
    ({ verdict: 'missing', flaw: flaw('evidence/unreachable', 'gone'), blocks: ['bafy'] }) as const;

  it('waits until the last quarter of the window, then challenges', async () => {
    const { readyAt } = await on.post();
    const pass = on.watchOf(world.stranger, { check: missing });
    expect(await look(pass)).to.deep.equal({ events: [], atRest: false });
    await world.chain.mineAt(readyAt - 252);
    expect(words(await look(pass))).to.deep.equal([]);
    await world.chain.mineAt(readyAt - 250);
    expect(words(await look(pass))).to.deep.equal(['false evidence/unreachable', 'challenged']);
    expect(challengeSchema.parse(decodeBlock(at(on.blocks, on.blocks.length - 1))).blocks).to.deep.equal([
      'bafy',
    ]);
  });

  it('takes it when it comes', async () => {
    const { readyAt } = await on.post();
    let there = false;
    const pass = on.watchOf(world.stranger, {
      check: async () => (there ? { verdict: 'right', by: 'lineage' } : missing()),
    });
    await look(pass);
    there = true;
    await world.chain.mineAt(readyAt - 10);
    expect((await look(pass)).events).to.deep.include({
      kind: 'checked',
      round: 1,
      head: at((await on.facts()).settlements, 0).head,
      partly: true,
    });
  });

  it('voids nothing that a quorum signed for, and says so', async () => {
    const { readyAt } = await on.post({}, true);
    const pass = on.watchOf(world.stranger, { check: missing });
    await world.chain.mineAt(readyAt - 26);
    expect(words(await look(pass))).to.deep.equal([]);
    await world.chain.mineAt(readyAt - 25);
    expect(words(await look(pass))).to.deep.equal(['not-checked evidence/unreachable']);
    expect(words(await look(pass)), 'said once').to.deep.equal([]);
    expect(await on.challenges()).to.deep.equal([]);
  });

  it('does not take its own trouble for the round’s', async () => {
    const { readyAt } = await on.post();
    let code = 'ipfs/unreachable';
    const pass = on.watchOf(world.stranger, {
      check: async () => {
        if (code) throw new TributaryError(code, 'away');
        return { verdict: 'false', flaw: flaw('manifest/differs', 'x'), blocks: [] };
      },
    });
    await world.chain.mineAt(readyAt - 20);
    const found = await look(pass);
    expect(words(found)).to.deep.equal(['not-checked ipfs/unreachable']);
    expect(isAlarm(at(found.events, 0))).to.equal(true);
    expect(postingText(at(found.events, 0))).to.include('NOT CHECKED');
    code = '';
    expect(words(await look(pass)), 'still tried').to.deep.equal(['false manifest/differs', 'challenged']);
  });

  it('lets a bug through', async () => {
    await on.post();
    const bug = new TypeError('bug');
    const pass = on.watchOf(world.stranger, { check: () => Promise.reject(bug) });
    expect(await look(pass).catch((error: unknown) => error)).to.equal(bug);
  });
});
