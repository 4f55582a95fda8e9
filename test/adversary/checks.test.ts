/** Every check that a twin switches off by a passage stands in the house as it is: else the twin is found out only when it is played. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import ts from 'typescript';

const folder = import.meta.dirname;
const house = join(folder, '../..');

describe('a passage that a twin takes out', () => {
  const named = readdirSync(folder)
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => passagesIn(join(folder, name)));

  it('is found by this test', () => {
    expect(named.length).to.be.above(8);
  });

  for (const { file, passage } of named) {
    it(`stands once in ${file}: ${passage.split('\n')[0]?.trim()}`, () => {
      expect(readFileSync(join(house, file), 'utf8').split(passage)).to.have.lengthOf(2);
    });
  }
});

/** The literals of a source that say a file and a passage of it. */
function passagesIn(path: string): Readonly<{ file: string; passage: string }>[] {
  const found: { file: string; passage: string }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isObjectLiteralExpression(node)) {
      const [file, passage] = [textOf(node, 'file'), textOf(node, 'passage')];
      if (file !== null && passage !== null) found.push({ file, passage });
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.ES2023, true));
  return found;
}

function textOf({ properties }: ts.ObjectLiteralExpression, name: string): string | null {
  for (const property of properties) {
    if (!ts.isPropertyAssignment(property) || property.name.getText() !== name) continue;
    if (ts.isStringLiteralLike(property.initializer)) return property.initializer.text;
  }
  return null;
}
