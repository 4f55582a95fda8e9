import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect } from 'chai';

type Rule = Readonly<{
  name: string;
  from: Readonly<{ path?: string }>;
  to: Readonly<{ path?: string; pathNot?: string }>;
}>;

const { forbidden } = createRequire(import.meta.url)('../.dependency-cruiser.cjs') as Readonly<{
  forbidden: readonly Rule[];
}>;

/** Folder → what it may import, as the table of docs/architecture.md says. */
function documented(): Record<string, string[]> {
  const rows = readFileSync('docs/architecture.md', 'utf8').matchAll(
    /^\| `([a-z]+)` \|[^|]*\| ([^|]*) \|$/gm,
  );
  return Object.fromEntries(
    [...rows].map(([, room = '', allowed = '']) => [room, allowed === '–' ? [] : allowed.split(', ').sort()]),
  );
}

/** The same from the rules that `npm run check` enforces. */
function enforced(): Record<string, string[]> {
  const rules = forbidden.filter(({ name }) => name.endsWith('-imports'));
  return Object.fromEntries(
    rules.map(({ name, to }) => {
      const room = name.replace(/-imports$/, '');
      const allowed = (to.pathNot ?? '').replace(/^\^\(|\)\/$/g, '').split('|');
      return [room, allowed.filter((other) => other !== room).sort()];
    }),
  );
}

describe('the house', () => {
  it('is drawn in docs/architecture.md as the boundary rules enforce it', () => {
    expect(Object.keys(documented())).to.have.length(10);
    expect(documented()).to.deep.equal(enforced());
  });

  it('lets no actor import another', () => {
    const actors = ['coordinator', 'client', 'buyer', 'auditor'];
    for (const actor of actors) {
      const others = actors.filter((other) => other !== actor);
      expect(enforced()[actor]).to.not.include.members(others);
      for (const other of others) expect(enforced()[actor]).to.not.include(other);
    }
  });
});
