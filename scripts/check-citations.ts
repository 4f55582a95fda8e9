/** Fails on a citation of a section that docs/protocol.md does not have. */
import { readFileSync } from 'node:fs';
import { trackedFiles } from './tracked-files.ts';

const SECTION = /§(\d+(?:\.\d+)?)(?:\s*[–-]\s*(\d+(?:\.\d+)?))?/g;
const sections = new Set(
  [...readFileSync('docs/protocol.md', 'utf8').matchAll(/^#{2,3} (\d+(?:\.\d+)?)[. ]/gm)].map(
    (match) => match[1],
  ),
);
const broken: string[] = [];
for (const path of trackedFiles('.ts', '.sol', '.md')) {
  readFileSync(path, 'utf8')
    .split('\n')
    .forEach((line, index) => {
      // Only our own text's sections: a line that cites protocol.md, or protocol.md itself.
      const cited = path === 'docs/protocol.md' ? line : line.slice(Math.max(0, line.indexOf('protocol.md')));
      if (path !== 'docs/protocol.md' && !line.includes('protocol.md §')) return;
      if (/RFC \d+ §/.test(cited)) return;
      for (const [, from, to] of cited.matchAll(SECTION)) {
        for (const section of [from, to]) {
          if (section && !sections.has(section))
            broken.push(`${path}:${index + 1}: docs/protocol.md has no §${section}`);
        }
      }
    });
}
console.log(broken.length > 0 ? broken.join('\n') : `${sections.size} sections, every citation resolves`);
process.exitCode = broken.length > 0 ? 1 : 0;
