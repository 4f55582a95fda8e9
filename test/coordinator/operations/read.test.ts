import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { parsePolicy, readPolicy } from '#coordinator/operations/read.ts';
import { defaultPolicy } from '#coordinator/operations/schema.ts';
import { TributaryError } from '#crypto/error.ts';
import { codeOf } from '../code-of.ts';

function wrong(text: string): string[] {
  try {
    parsePolicy(text, 'o.yaml');
  } catch (error) {
    expect(error).to.be.instanceOf(TributaryError).with.property('code', 'operations/invalid');
    return (error as TributaryError).message.split('\n').slice(1);
  }
  throw new Error('this is a policy');
}

describe('an operations policy', () => {
  it('says only what it changes', () => {
    expect(parsePolicy('version: 1', 'o.yaml')).to.deep.equal(defaultPolicy);
    const { jobs, chains } = parsePolicy('version: 1\nchains: [31337]\njobs:\n  rounds: 12\n', 'o.yaml');
    expect(chains).to.deep.equal([31_337]);
    expect(jobs).to.deep.equal({ ...defaultPolicy.jobs, rounds: 12 });
  });

  it('names the place of everything that is wrong', () => {
    expect(
      wrong(
        'version: 1\nchains: [31337, zero]\njobs:\n  rounds: 0\n  minimumCohort: 2\n  sets: 3\nlimit: 7\n',
      ),
    ).to.deep.equal([
      'o.yaml:2:17: chains.1: Invalid input: expected number, received string',
      'o.yaml:4:11: jobs.rounds: Too small: expected number to be >=1',
      'o.yaml:5:18: jobs.minimumCohort: Too small: expected number to be >=3',
      'o.yaml:6:9: there is no setting jobs.sets',
      'o.yaml:7:8: there is no setting limit',
    ]);
  });

  it('is of version 1, which it says', () => {
    expect(wrong('jobs: {}\n')).to.deep.equal(['o.yaml:1:1: version: Invalid input: expected 1']);
    expect(wrong('version: 2\n')).to.deep.equal(['o.yaml:1:10: version: Invalid input: expected 1']);
    expect(wrong('')).to.deep.equal(['o.yaml:1:1: Invalid input: expected object, received null']);
    expect(wrong('[1, 2]')[0]).to.match(/^o\.yaml:1:1: Invalid input: expected object, received array/);
  });

  it('is YAML, each key once, nothing endless', () => {
    expect(wrong('version: 1\njobs:\n  rounds: 1\n  rounds: 2\n')[0]).to.match(/^o\.yaml:4:3: .*unique/);
    expect(wrong('version: 1\n jobs: : {\n')[0]).to.match(/^o\.yaml:1:10: Nested mappings/);
    const laughs = `version: 1\na: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n`;
    expect(wrong(laughs)[0]).to.equal('o.yaml:3:8: write it out: no aliases here');
  });

  it('is refused or taken, whatever is written', () => {
    const scalar = fc.oneof(fc.integer(), fc.double(), fc.string(), fc.boolean(), fc.constant(null));
    const any = fc.dictionary(
      fc.constantFrom('version', 'jobs', 'chains', 'rounds', 'seats', 'x'),
      fc.oneof(scalar, fc.array(scalar), fc.dictionary(fc.constantFrom('rounds', 'active', 'y'), scalar)),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          any.map((value) => JSON.stringify(value)),
          fc.string(),
        ),
        (text) => {
          try {
            expect(parsePolicy(text, 'o.yaml').version).to.equal(1);
          } catch (error) {
            expect((error as TributaryError).code).to.equal('operations/invalid');
            expect((error as TributaryError).message).to.match(/\no\.yaml:\d+:\d+: /);
          }
        },
      ),
      { seed: 8 },
    );
  });

  it('comes from a file that can be read, and is no book', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'operations-'));
    try {
      const path = join(folder, 'operations.yaml');
      expect(await codeOf(readPolicy(path))).to.equal('operations/unreadable');
      await writeFile(path, 'version: 1\njobs: { active: 2 }\n');
      expect((await readPolicy(path)).jobs.active).to.equal(2);
      await writeFile(path, `version: 1 # ${'x'.repeat(1024 * 1024)}`);
      expect(await codeOf(readPolicy(path))).to.equal('operations/unreadable');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
