/** The example of one secure average: its file is short, it runs, and the average learns. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { exampleFiles, exampleFile } from './files.ts';

const run = promisify(execFile);

describe('the examples', () => {
  for (const name of exampleFiles) {
    it(`${name} has under 60 lines`, () => {
      expect(readFileSync(exampleFile(name), 'utf8').trimEnd().split('\n').length).to.be.below(60);
    });
  }
});

describe('one round in one process', () => {
  it('opens only the sum of the four who are left, and learns from it', async () => {
    const { stdout } = await run(process.execPath, ['--import', 'tsx', exampleFile('one-round')]);
    const [before, after] = stdout
      .trim()
      .split('\n')
      .map(
        (line) =>
          JSON.parse(line) as { when: string; survivors: number[]; logLoss: number; accuracy: number },
      );
    expect([before?.when, after?.when]).to.deep.equal(['before', 'after']);
    expect(after?.survivors).to.deep.equal([0, 1, 3, 4]);
    expect(after?.logLoss).to.be.below((before?.logLoss ?? 0) / 2);
    expect(after?.accuracy).to.be.above(0.8);
  });
});
