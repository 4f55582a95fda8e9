/** The reader of tutorials itself: what a page may not do without a test turning red. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as turn } from 'node:timers/promises';
import { expect } from 'chai';
import { matches, parsePage } from './page.ts';
import { Reader, blocksIn } from './reader.ts';
import { processesOf } from './terminal.ts';

const sh = (body: string, words = '') => `\`\`\`sh${words}\n${body}\n\`\`\`\n`;
const text = (body: string) => `\`\`\`text\n${body}\n\`\`\`\n`;

describe('a reader of tutorials', function () {
  this.timeout(30_000);
  let root: string;
  let reader: Reader;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'tributary-pages-'));
    mkdirSync(join(root, 'cli'));
    writeFileSync(join(root, 'cli', 'tributary.mjs'), 'console.log(process.argv.slice(2).join("+"));\n');
    reader = new Reader(root, root, { blockMillis: 4_000, stopMillis: 2_000 });
  });
  afterEach(async () => {
    await reader.close();
    rmSync(root, { recursive: true, force: true });
  });

  const follow = async (pages: Readonly<Record<string, string>>) => {
    for (const [name, page] of Object.entries(pages)) writeFileSync(join(root, name), page);
    await reader.follow('a.md');
    await reader.assertNothingLeft();
  };
  const failure = async (pages: Readonly<Record<string, string>>): Promise<string> => {
    try {
      await follow(pages);
      return 'no failure';
    } catch (error) {
      return (error as Error).message;
    }
  };

  it('runs blocks in the clone, one after the other, with what the page exported before', async () => {
    const page = `${sh('export NAME=x')}${sh('npx tributary a $NAME\npwd')}${text(`a+x\n${root}`)}`;
    await follow({ 'a.md': page });
    expect(reader.followed.get('a.md')).to.deep.equal([1, 4]);
  });

  it('fails where a command fails, in the middle too, or ends with another status than the page says', async () => {
    expect(await failure({ 'a.md': sh('false\ntrue') })).to.include('a.md:1: status 1, not 0');
  });

  it('takes the status that the page says and no other', async () => {
    await follow({ 'a.md': sh('exit 2', ' exit=2') });
    expect(await failure({ 'b.md': '', 'a.md': '' })).to.include('read twice');
  });

  it('fails where success was not expected', async () => {
    expect(await failure({ 'a.md': sh('true', ' exit=2') })).to.include('status 0, not 2');
  });

  it('fails where an output is another one', async () => {
    expect(await failure({ 'a.md': sh('echo 1') + text('2') })).to.include('prints something else');
  });

  it('fails where a block does not end', async () => {
    const hasty = new Reader(root, root, { blockMillis: 200, stopMillis: 2_000 });
    writeFileSync(join(root, 'a.md'), sh('sleep 60'));
    const message = await hasty.follow('a.md').then(
      () => 'none',
      (error: unknown) => String(error),
    );
    await hasty.close();
    expect(message).to.include('still runs');
  });

  it('has a terminal that goes on, and stops it by Ctrl-C', async () => {
    const page = [
      sh('trap "touch ~/stopped; exit 0" INT\necho ready\nwhile true; do sleep 0.1; done', ' terminal=one'),
      text('ready'),
      'Press Ctrl-C. <!-- ctrl-c: one -->',
      sh('rm ~/stopped'),
    ].join('\n');
    await follow({ 'a.md': page });
  });

  it('fails where a terminal does not say what is waited for, or is not there any more', async () => {
    const early = `${sh('echo other', ' terminal=one')}${text('ready')}`;
    expect(await failure({ 'a.md': early })).to.include('does not say what the page says');
  });

  it('fails where a process ended before it is stopped', async () => {
    const page = `${sh('echo ready', ' terminal=one')}${text('ready')}${sh('sleep 0.3')}<!-- ctrl-c: one -->`;
    expect(await failure({ 'a.md': page })).to.include('one ended by itself');
  });

  it('fails where Ctrl-C ends a process badly', async () => {
    const page = `${sh('trap "exit 1" INT\necho ready\nsleep 60', ' terminal=one')}${text('ready')}<!-- ctrl-c: one -->`;
    expect(await failure({ 'a.md': page })).to.include('one stops with status 1');
  });

  it('stops several terminals that one line names, and lets Ctrl-C end a process', async () => {
    const open = (name: string) => `${sh('echo ready; exec sleep 60', ` terminal=${name}`)}${text('ready')}`;
    await follow({ 'a.md': `${open('one')}${open('two')}<!-- ctrl-c: one --> <!-- ctrl-c: two -->` });
  });

  it('fails where a process does not heed Ctrl-C', async () => {
    const page = `${sh('trap "" INT\necho ready\nsleep 60', ' terminal=one')}${text('ready')}<!-- ctrl-c: one -->`;
    expect(await failure({ 'a.md': page })).to.include('one does not stop');
  });

  it('fails where a terminal is never stopped, is opened twice, or is none', async () => {
    const open = `${sh('echo ready\nsleep 60', ' terminal=one')}${text('ready')}`;
    expect(await failure({ 'a.md': open })).to.include('nobody stops the terminal one');
    expect(await failure({ 'a.md': '<!-- page: b.md -->', 'b.md': open })).to.include('read twice');
  });

  it('fails where two terminals have one name', async () => {
    const open = `${sh('echo ready\nsleep 60', ' terminal=one')}${text('ready')}`;
    expect(await failure({ 'a.md': open + open })).to.include('the terminal one is busy');
  });

  it('fails where an unknown terminal is stopped', async () => {
    expect(await failure({ 'a.md': '<!-- ctrl-c: one -->' })).to.include('there is no terminal one');
  });

  it('fails where a process is left over that hid from its terminal', async function () {
    if (process.platform !== 'linux') this.skip();
    // It stands still where it is: one that is about to run another program says for a moment nothing of its environment.
    const hiding = `setsid sh -c 'touch ~/up; kill -STOP $$' >/dev/null 2>&1`;
    const page = sh(`(${hiding} &)\nuntil [ -e ~/up ]; do sleep 0.01; done\nrm ~/up`);
    expect(await failure({ 'a.md': page })).to.match(/left over:\nprocess \d+: \S+/);
    await reader.close();
    // It was killed; the system takes it off its list a little later.
    const deadline = Date.now() + 10_000;
    while (processesOf(reader.home).length > 0 && Date.now() < deadline) await turn(20);
    expect(processesOf(reader.home)).to.deep.equal([]);
  });

  it('fails where a file is left in the home, or a lock is held there', async () => {
    const hold = `mkdir -p ~/.tributary/dev; printf '{"pid":1}' > ~/.tributary/dev/lock`;
    expect(await failure({ 'a.md': sh(hold) })).to.include('~/.tributary');
  });

  it('reads another page where this one says so, in a terminal of its own', async () => {
    const a = `${sh('export NAME=x; touch ~/file')}<!-- page: b.md -->\n${sh('rm ~/other')}`;
    const b = sh('[ -z "${NAME:-}" ]\nmv ~/file ~/other');
    await follow({ 'a.md': a, 'b.md': b });
    expect([...reader.followed]).to.deep.equal([
      ['a.md', [1, 5]],
      ['b.md', [1]],
    ]);
  });
});

describe('a tutorial', () => {
  const parse = (page: string) => () => parsePage('a.md', page);

  it('is refused where a reader could not follow it', () => {
    expect(parse('```sh\nls\n')).to.throw('a.md:1: a block without an end');
    expect(parse('```python\n1\n```')).to.throw('sh or text');
    expect(parse(text('1'))).to.throw('an output without a command');
    expect(parse(sh('1') + text('1') + text('1'))).to.throw('an output without a command');
    expect(parse(sh('1', ' terminal=x'))).to.throw('says not what to wait for in the terminal x');
    expect(parse(sh('1', ' color=x'))).to.throw('unknown color');
    expect(parse(sh('1', ' exit=x'))).to.throw('no exit status');
  });

  it('expects lines to be as they stand, but for …', () => {
    expect(matches(['a.b'], 'a.b\n')).to.equal(true);
    expect(matches(['a.b'], 'axb\n')).to.equal(false);
    expect(matches(['a … c'], 'a b b c\n')).to.equal(true);
    expect(matches(['a … c'], 'a \nc\n')).to.equal(false);
    expect(matches(['a', '…', 'c'], 'a\nb\nb\nc\n')).to.equal(true);
    expect(matches(['a', '…', 'c'], 'a\nc\n')).to.equal(true);
    expect(matches(['a', 'c'], 'a\nb\nc\n')).to.equal(false);
    expect(matches(['a'], 'a\nb\n')).to.equal(false);
    expect(matches(['a'], 'a\nb\n', { more: true })).to.equal(true);
    expect(matches(['b'], 'a\nb\n', { more: true })).to.equal(false);
  });

  it('has its blocks counted apart from the parser', () => {
    expect(
      blocksIn(`${sh('1')}${sh('2', ' exit=1')}${text('3')}  \`\`\`bash\n\`\`\`\n~~~sh\n~~~\n`),
    ).to.equal(4);
  });
});
