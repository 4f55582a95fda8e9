/** Pages for people name codes and files that exist. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { otherRefusal, refusals } from '#contracts/refusals.ts';
import { errorTable } from '#protocol/errors.ts';

const docs = join(import.meta.dirname, '..', '..', 'docs');
const pages = [
  join(docs, 'troubleshooting.md'),
  ...readdirSync(join(docs, 'tutorials')).map((name) => join(docs, 'tutorials', name)),
];
const known = new Set([
  ...Object.keys(errorTable),
  ...Object.values(refusals).map(([code]) => code),
  otherRefusal[0],
]);
/** Areas of codes, so that a path such as `examples/audit-a-car` is none. */
const areas = new Set([...known].map((code) => code.split('/')[0] ?? ''));

/** Codes in a text, in code quotes or as a program prints them. */
const codesIn = (text: string): string[] =>
  [...text.matchAll(/[`(]([a-z]+)\/([a-z0-9-]+)[`)]/g)]
    .filter(([, area = '']) => areas.has(area))
    .map(([, area = '', name = '']) => `${area}/${name}`);

describe('codes in pages for people', () => {
  it('are found', () => {
    expect(codesIn('see `dev/running`, (link/altered), `examples/demo` and `dev/no-such`')).to.deep.equal([
      'dev/running',
      'link/altered',
      'dev/no-such',
    ]);
  });

  for (const page of pages) {
    const text = readFileSync(page, 'utf8');
    it(`exist: ${page.slice(docs.length + 1)}`, () => {
      expect(codesIn(text).length).to.be.greaterThan(0);
      expect(codesIn(text).filter((code) => !known.has(code))).to.deep.equal([]);
    });
    it(`stand beside links that lead somewhere: ${page.slice(docs.length + 1)}`, () => {
      const links = [...text.matchAll(/\]\(([^)#:]+)\)/g)].map(([, to = '']) => join(dirname(page), to));
      expect(links.filter((to) => !existsSync(to))).to.deep.equal([]);
    });
  }

  it('name ten problems or more of each person, by one code or more each', () => {
    const sections = readFileSync(pages[0] ?? '', 'utf8')
      .split('\n## ')
      .slice(1, 6);
    expect(sections.map((section) => section.split('\n')[0])).to.deep.equal([
      ...['Operator', 'Owner', 'Buyer', 'Auditor', 'Disputes'],
    ]);
    for (const section of sections) {
      const rows = section.split('\n').filter((line) => /^\| (?!what you see)/.test(line));
      expect(rows.length, section).to.be.at.least(10);
      expect(rows.filter((row) => codesIn(row).length === 0)).to.deep.equal([]);
    }
  });
});
