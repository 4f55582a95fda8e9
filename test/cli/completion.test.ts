/** Completion scripts, tried in a real bash, and in zsh and fish where the machine has them. */
import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { Command, Option } from 'commander';
import { completionScript } from '#cli/completion/scripts.ts';
import { completedCommands } from '#cli/completion/tree.ts';
import { tributary } from './program.ts';

const has = (shell: string) => spawnSync(shell, ['-c', 'true']).status === 0;

describe('completion', function () {
  this.timeout(30_000);
  let script: string;
  before(async () => {
    script = (await tributary(['completion', 'bash'])).stdout;
  });
  /** What a bash offers for a line that ends where the last word does. */
  const offered = (...words: string[]): string[] => {
    const typed = ['tributary', ...words].map((word) => `'${word}'`).join(' ');
    const told = spawnSync(
      'bash',
      [
        '--norc',
        '-c',
        `${script}\nCOMP_WORDS=(${typed}); COMP_CWORD=${words.length}; _tributary; printf '%s\\n' "\${COMPREPLY[@]}"`,
      ],
      {
        encoding: 'utf8',
      },
    );
    expect(told.stderr).to.equal('');
    return told.stdout.split('\n').filter((line) => line !== '');
  };

  it('is valid in every shell that is here', async () => {
    expect(spawnSync('bash', ['-n'], { input: script, encoding: 'utf8' })).to.include({
      status: 0,
      stderr: '',
    });
    for (const shell of ['zsh', 'fish'] as const) {
      const { stdout, status } = await tributary(['completion', shell]);
      expect(status, shell).to.equal(0);
      expect(stdout, shell).to.include('rotate-operator').and.include('phase-seconds');
      if (has(shell)) expect(spawnSync(shell, ['-n'], { input: stdout }).status, shell).to.equal(0);
    }
    expect((await tributary(['completion', 'tcsh'])).status).to.equal(2);
  });

  it('offers commands, then their commands, then options', () => {
    expect(offered('')).to.include.members(['dev', 'owner', 'buyer', 'doctor', '--home', '--help']);
    expect(offered('ow')).to.deep.equal(['owner']);
    expect(offered('chain', ''))
      .to.include.members(['start', 'deploy', 'fund', '--rpc'])
      .and.not.include('owner');
    expect(offered('chain', 'deploy', '--pay')).to.deep.equal(['--payment-token']);
    expect(offered('--json', 'owner', 'rot')).to.deep.equal(['rotate-operator', 'rotate-seat']);
    expect(offered('dev', '--ports', '')).to.deep.equal(['asked', 'free']);
    expect(offered('owner', 'register', '--data', '')).to.deep.equal([]);
    expect(offered('dev', '--fr')).to.deep.equal(['--fresh']);
  });

  it('follows the program, quotes included', () => {
    const program = new Command('tributary').option('--home <folder>', "an actor's home");
    program
      .command('sell')
      .description("the owner's")
      .addOption(new Option('--how <way>').choices(['dear', 'cheap']));
    const commands = completedCommands(program);
    expect(commands.map(({ path }) => path)).to.deep.equal(['', 'sell']);
    const fish = completionScript('fish', commands);
    expect(fish).to.include(`-a sell -d 'the owner'\\''s'`);
    expect(fish).to.include(`'__tributary_at " sell"' -l how -x -a 'dear cheap'`);
    expect(fish).to.include(`'__tributary_at " sell"' -l home -r`);
    const zsh = completionScript('zsh', commands);
    expect(zsh)
      .to.include(`--how) choices='dear cheap' ;;`)
      .and.not.match(/\bpath=/);
  });
});
