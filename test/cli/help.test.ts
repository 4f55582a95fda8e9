/** Every command says what it does, with an example, and its help loads nothing heavy. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Command } from 'commander';
import { expect } from 'chai';
import { createProgram } from '#cli/program/program.ts';

const run = promisify(execFile);

function leavesOf(command: Command, words: readonly string[] = []): (readonly [string, Command])[] {
  return command.commands.length === 0
    ? [[words.join(' '), command]]
    : command.commands.flatMap((one) => leavesOf(one, [...words, one.name()]));
}

/** The help as a person gets it, examples included. */
function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (part) => (text += part) });
  command.outputHelp();
  return text;
}

describe('the help', () => {
  const leaves = leavesOf(createProgram(false));

  it('is there for all commands of the house', () => {
    const names = leaves.map(([name]) => name);
    const wanted = `dev|ipfs start|coordinator start|doctor|logs|clean|version|completion|audit
      |owner init|owner register|owner inspect|owner run|owner status|owner claim|owner withdraw-operator
      |buyer datasets|buyer quote|buyer buy|buyer launch|buyer watch|buyer evaluate|buyer download|buyer cancel|buyer refund
      |lineage show|lineage export|lineage import|chain deploy
      |arbiter init|arbiter run|arbiter judge|arbiter show|arbiter withdraw
      |dispute challenge|dispute show|dispute defend|dispute file|dispute conclude|dispute withdraw`;
    expect(names).to.include.members(wanted.split('|').map((name) => name.trim()));
  });

  for (const [name, command] of leaves) {
    it(`of ${name} has a description, an example that begins so, and a word on every option`, () => {
      expect(command.description()).to.not.equal('');
      expect(helpOf(command)).to.match(new RegExp(`\nExamples?[^\n]*:\n[^]*tributary (--json )?${name}\\b`));
      for (const option of command.options) expect(option.description, option.flags).to.not.equal('');
    });
  }

  it('loads neither chain client, TensorFlow, Helia, database nor schemas', async () => {
    const file = pathToFileURL(fileURLToPath(new URL('../../cli/program/program.ts', import.meta.url))).href;
    const { stderr } = await run(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '-e', `await import(${JSON.stringify(file)})`],
      {
        env: { ...process.env, NODE_DEBUG: 'esm' },
        maxBuffer: 64 * 1024 * 1024,
      },
    );
    expect(stderr).to.include('commander');
    for (const heavy of [
      'ethers',
      '@tensorflow',
      'helia',
      'express',
      '@electric-sql',
      'zod',
      'libp2p',
      'multiformats',
    ]) {
      expect(stderr, heavy).to.not.include(`/node_modules/${heavy}`);
    }
  });
});
