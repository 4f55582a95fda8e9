import { expect } from 'chai';
import { argumentFor, staleEntries } from '../../scripts/mutation/equivalents.ts';
import { Killers } from '../../scripts/mutation/killers.ts';
import { operators } from '../../scripts/mutation/operators.ts';
import { isEnough, summaryOf, type Judged } from '../../scripts/mutation/report.ts';
import { drawSample } from '../../scripts/mutation/sample.ts';
import { sitesOf, type Site } from '../../scripts/mutation/sites.ts';
import { applyEdits } from '../../scripts/solidity/edits.ts';
import { dependantsOf, quickBuildOf } from '../../scripts/solidity/quick-build.ts';
import { readTrees } from '../../scripts/solidity/tree.ts';

const head = '// SPDX-License-Identifier: Apache-2.0\npragma solidity ^0.8.28;\n// ⌈½⌉\n';

/** The mutants of the statements of a function of (a, b, c), as operator and changed line. */
function mutantsOf(body: string): string[] {
  const text = `${head}library Math { function min(uint x, uint y) internal pure returns (uint) { return x < y ? x : y; } }
contract Small {
uint immutable base = 2; uint total; error Bad(uint a, uint b); event Seen(uint a, uint b);
modifier alone() { _; }
function f(uint a, uint b, bool c) external returns (uint) {
${body}
return a; }
function g(uint x, bool y) private {} }`;
  const [source] = readTrees({ 'Small.sol': text });
  return sitesOf(source!)
    .filter(({ function: name, before }) => name === 'f' && before !== 'return a; }')
    .map(({ operator, after }) => `${operator}: ${after}`);
}

const siteOf = (file: string, number: number): Site => ({
  operator: 'constant',
  file,
  function: `f${number % 3}`,
  line: number,
  before: `x = ${number};`,
  after: `x = ${number + 1};`,
  edit: { start: number, end: number, text: '' },
});
const sites = [
  ...Array.from({ length: 70 }, (_, number) => siteOf('A.sol', number)),
  ...Array.from({ length: 29 }, (_, number) => siteOf('B.sol', number)),
  siteOf('C.sol', 0),
];
const sampleOf = (of: readonly Site[], count: number, seed: string) =>
  drawSample(of, count, seed).flatMap(({ sites, wanted }) => sites.slice(0, wanted));

describe('mutants of contracts', () => {
  describe('sites', () => {
    const cases: Record<string, readonly string[]> = {
      'total = a;': ['dropped-statement: {}'],
      'if (a < b) total += 7;': [
        'negation: if (!(a < b)) total += 7;',
        'relational: if (a <= b) total += 7;',
        'dropped-statement: if (a < b) {}',
        'arithmetic: if (a < b) total -= 7;',
        'constant: if (a < b) total += (7 + 1);',
        'constant: if (a < b) total += (7 - 1);',
      ],
      'if (a == b) revert Bad(a, b);': ['dropped-check: {}', 'relational: if (a != b) revert Bad(a, b);'],
      'if (c) { revert Bad(a, b); } else { revert Bad(b, a); }': [
        'negation: if (!(c)) { revert Bad(a, b); } else { revert Bad(b, a); }',
        'dropped-check: if (c) { {} } else { revert Bad(b, a); }',
        'dropped-check: if (c) { revert Bad(a, b); } else { {} }',
      ],
      'require(c || a != 0, "no");': [
        'dropped-check: {}',
        'logical: require(c && a != 0, "no");',
        'relational: require(c || a == 0, "no");',
        'constant: require(c || a != (0 + 1), "no");',
      ],
      'for (uint i = a; i > b; --i) continue;': [
        'negation: for (uint i = a; !(i > b); --i) continue;',
        'relational: for (uint i = a; i >= b; --i) continue;',
        'increment: for (uint i = a; i > b; ++i) continue;',
        'dropped-statement: for (uint i = a; i > b; --i) {}',
      ],
      'emit Seen(a, b);': ['dropped-statement: {}', 'swapped-arguments: emit Seen(b, a);'],
      'g(a, c);': ['dropped-statement: {}'],
      'return c ? a << b : Math.min(a, b);': [
        'dropped-statement: {}',
        'negation: return !(c) ? a << b : Math.min(a, b);',
        'shift: return c ? a >> b : Math.min(a, b);',
        'extreme: return c ? a << b : Math.max(a, b);',
      ],
      'c = true && a & b > type(uint8).max;': [
        'dropped-statement: {}',
        'logical: c = true || a & b > type(uint8).max;',
        'boolean: c = false && a & b > type(uint8).max;',
        'relational: c = true && a & b >= type(uint8).max;',
        'bitwise: c = true && a | b > type(uint8).max;',
        'constant: c = true && a & b > (type(uint8).max + 1);',
        'constant: c = true && a & b > (type(uint8).max - 1);',
      ],
    };
    for (const [statement, expected] of Object.entries(cases)) {
      it(`of ${statement}`, () => expect(mutantsOf(statement)).to.deep.equal(expected));
    }

    it('are at modifiers and constants too; no base is dropped, and types are left alone', () => {
      const text = `${head}contract Base { constructor(uint x) {} }
contract Small is Base {
uint constant LIMIT = 8; uint[5] list;
modifier alone(uint x) { require(x > 0); _; }
constructor() Base(4) {}
function f(uint[2] calldata a) external alone(6) {} }`;
      const [source] = readTrees({ 'Small.sol': text });
      const found = sitesOf(source!).map((site) => `${site.line} ${site.function} ${site.operator}`);
      expect(found).to.deep.equal([
        '6 LIMIT constant',
        '6 LIMIT constant',
        '7 alone dropped-check',
        '7 alone relational',
        '7 alone constant',
        '8 constructor constant',
        '8 constructor constant',
        '9 f dropped-modifier',
        '9 f constant',
        '9 f constant',
      ]);
      const dropped = sitesOf(source!).find(({ operator }) => operator === 'dropped-modifier');
      expect(applyEdits(source!, [dropped!.edit])).to.equal(text.replace(' alone(6)', ' '));
    });

    it('are all of one of the listed operators', () => {
      expect(new Set(operators.map(({ name }) => name)).size).to.equal(14);
    });
  });

  describe('a sample', () => {
    it('is the same for the same seed, another for another, and of the size asked for', () => {
      expect(sampleOf(sites, 20, '1')).to.deep.equal(sampleOf(sites, 20, '1'));
      expect(sampleOf(sites, 20, '1')).to.not.deep.equal(sampleOf(sites, 20, '2'));
      for (const count of [1, 2, 3, 20, 99]) expect(sampleOf(sites, count, '1')).to.have.length(count);
      expect(sampleOf(sites, 1_000, '1')).to.have.members(sites);
    });

    it('has each file’s part, and something of each', () => {
      expect(drawSample(sites, 20, '1').map(({ wanted }) => wanted)).to.deep.equal([14, 5, 1]);
    });

    it('of other files does not depend on one that changed', () => {
      const changed = [...sites.filter(({ file }) => file !== 'A.sol'), siteOf('A.sol', 1_000)];
      const ofB = (of: readonly Site[]) =>
        drawSample(of, 20, '1').find(({ file }) => file === 'B.sol')?.sites;
      expect(ofB(changed)).to.deep.equal(ofB(sites));
    });
  });

  it('are built again with whatever depends on them', () => {
    const sources = {
      'A.sol': `${head}contract A { function f() public pure virtual returns (uint) { return 1; } }`,
      'B.sol': `${head}import {A} from "./A.sol"; contract B is A {}`,
      'sub/C.sol': `${head}import {B} from "../B.sol"; contract C is B {}`,
      'BA.sol': `${head}contract BA {}`,
    };
    const { build, all } = quickBuildOf(sources);
    const files = dependantsOf('A.sol', sources);
    expect(files).to.have.members(['A.sol', 'B.sol', 'sub/C.sol']);
    const changed = build({ ...sources, 'A.sol': sources['A.sol'].replace('1', '2') }, files);
    for (const name of ['A', 'B', 'C']) expect(changed?.get(name)).to.not.equal(all.get(name));
    expect(build(sources, files)?.get('C')).to.equal(all.get('C'));
    expect(build({ ...sources, 'A.sol': sources['A.sol'].replace('1', 'true') }, files)).to.equal(null);
  });

  it('are shown first to the tests that run most of the function in the least time, and never to the others', () => {
    const probe = (name: string) => ({
      file: 'A.sol',
      function: name,
      line: 1,
      kind: 'statement',
      source: '',
    });
    const reach = {
      probes: [probe('f0'), probe('f0'), probe('f1')] as const,
      hits: new Map([
        ['slow', new Set([0, 1, 2])],
        ['quick', new Set([0, 1])],
        ['half', new Set([1])],
        ['other', new Set([2])],
      ]),
    };
    const times = { slow: 9_000, quick: 1_000, half: 1_000, other: 0 };
    const killers = new Killers(new Map(Object.entries(times)), reach as never);
    const site = siteOf('A.sol', 0);
    expect(killers.order(site)).to.deep.equal(['quick', 'half', 'slow']);
    killers.note(site, 'half');
    killers.note(site, 'half');
    expect(killers.order(site)).to.deep.equal(['half', 'quick', 'slow']);
    expect(killers.order({ ...site, function: 'LIMIT' })).to.deep.equal(['other', 'quick', 'half', 'slow']);
  });

  it('pass when all that survive are argued, and nothing else is', () => {
    const [one, two] = [sites[0]!, sites[1]!];
    const { operator, file, function: name, before, after } = one;
    const entry = { operator, file, function: name, before, after, why: 'no test can' };
    expect(argumentFor(one, [entry])).to.equal('no test can');
    expect(argumentFor(two, [entry])).to.equal(null);
    expect(staleEntries([entry, { ...entry, after: 'gone' }], sites)).to.deep.equal([
      { ...entry, after: 'gone' },
    ]);

    const verdict = (site: Site, outcome: Judged['outcome'], why: string | null): Judged => ({
      ...{ site, outcome, why, by: null, seconds: 1 },
    });
    const none = { invalid: 0, same: 0 };
    const summary = (judged: readonly Judged[], entries = [entry], wrong = [] as typeof entries) =>
      summaryOf(sites, judged, entries, none, wrong);
    const killed = [verdict(two, 'killed', null), verdict(siteOf('B.sol', 1), 'timeout', null)];
    expect(isEnough(summary([...killed, verdict(one, 'survived', entry.why)]))).to.equal(true);
    expect(summary([...killed, verdict(one, 'survived', entry.why)]).score).to.equal(1);
    expect(isEnough(summary([...killed, verdict(one, 'survived', null)]))).to.equal(false);
    expect(summary([...killed, verdict(one, 'survived', null)]).score).to.equal(2 / 3);
    expect(isEnough(summary(killed, [entry], [entry]))).to.equal(false);
    expect(isEnough(summary(killed, Array<typeof entry>(6).fill(entry)))).to.equal(false);
  });
});
