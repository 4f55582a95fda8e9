/** What the demo takes, and what it refuses before it starts anything. */
import { expect } from 'chai';
import { readOptions, storyNames, usage } from '#examples/demo/options.ts';

describe('the options of the demo', () => {
  it('ask for the sparse graph only where one is safe', () => {
    for (const clients of ['3', '6']) {
      expect(() => readOptions(['--sparse', '--clients', clients])).to.throw(
        `no graph on ${clients} members`,
      );
    }
    expect(() => readOptions(['--sparse'])).to.throw('no graph on 5 members');
    expect(readOptions(['--sparse', '--clients', '7'])).to.include({ sparse: true, clients: 7 });
    expect(readOptions([])).to.include({ sparse: false, clients: 5 });
  });

  it('choose a story, the main one where none is named, each with its own length', () => {
    expect(readOptions([])).to.include({ story: 'main', rounds: 5 });
    expect(readOptions(['--story', 'main', '--rounds', '1'])?.rounds).to.equal(1);
    expect(readOptions(['--story', 'vanish'])).to.include({ story: 'vanish', rounds: 4, clients: 5 });
    expect(readOptions(['--story', 'dispute'])).to.include({ story: 'dispute', rounds: 3, json: false });
    const short = ['--story', 'dispute', '--rounds', '2', '--clients', '3', '--json'];
    expect(readOptions(short)).to.include({ story: 'dispute', rounds: 2, clients: 3, json: true });
  });

  it('refuse a story that there is not, and lengths and sizes that a story can not have', () => {
    for (const [args, why] of [
      [['--story', 'vanished'], '--story takes main or vanish or dispute, not "vanished"'],
      [['--story', ''], '--story takes main or vanish or dispute, not ""'],
      [['--story', 'vanish', '--rounds', '1'], '--rounds takes a whole number from 2 to 20, not "1"'],
      [['--story', 'dispute', '--rounds', '21'], '--rounds takes a whole number from 2 to 20, not "21"'],
      [['--story', 'dispute', '--clients', '21'], '--clients takes a whole number from 3 to 20, not "21"'],
      [['--story', 'vanish', '--clients', '2'], '--clients takes a whole number from 3 to 20, not "2"'],
      [['--story', 'vanish', '--clients', '8', '--sparse'], '--sparse is for the main story'],
      [['--dataset', 'mnist'], '--dataset takes wdbc or digits, not "mnist"'],
      [['--stories', 'vanish'], "Unknown option '--stories'"],
    ] as const) {
      expect(() => readOptions(args), args.join(' ')).to.throw(why);
    }
  });

  it('share a database that the environment names, and say what to set where it names none', () => {
    const url = 'postgres://u:p@127.0.0.1/d';
    expect(readOptions([], { DATABASE_URL: url })).to.include({ database: null });
    expect(readOptions(['--coordinators', '2'], { DATABASE_URL: url })).to.include({ database: url });
    for (const [args, env, why] of [
      [['--coordinators', '2'], {}, 'set DATABASE_URL=postgres://USER:PASSWORD@HOST:PORT/NAME'],
      [['--coordinators', '2'], { DATABASE_URL: '' }, 'set DATABASE_URL'],
      [['--coordinators', '3'], {}, '--coordinators takes a whole number from 1 to 2, not "3"'],
      [['--coordinators', '2', '--story', 'vanish'], { DATABASE_URL: url }, 'is for the main story'],
      [['--coordinators', '2', '--clients', '21'], { DATABASE_URL: url }, 'at most 20 owners'],
    ] as const) {
      expect(() => readOptions(args, env), args.join(' ')).to.throw(why);
    }
  });

  it('are all in the usage', () => {
    expect(readOptions(['--help', '--story', 'nonsense'])).to.equal(null);
    for (const name of [
      'story',
      'clients',
      'sparse',
      'coordinators',
      'dataset',
      'rounds',
      'seed',
      'keep',
      'json',
      'help',
    ]) {
      expect(usage).to.match(new RegExp(`^  --${name}\\b`, 'm'));
    }
    for (const story of storyNames) expect(usage).to.include(`${story}:`);
  });
});
