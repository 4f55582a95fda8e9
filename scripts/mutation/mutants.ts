/** Makes the drawn mutants one by one: each compiled, in a folder of artifacts of its own. */
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { applyEdits } from '../solidity/edits.ts';
import { dependantsOf, writeArtifacts, type Artifacts, type QuickBuild } from '../solidity/quick-build.ts';
import type { SourceFile } from '../solidity/tree.ts';
import type { Draw } from './sample.ts';
import type { Site } from './sites.ts';

/** The unchanged program: its text, its trees, how to build it, and what was built, which is also in the folder. */
export type Original = Readonly<{
  sources: Readonly<Record<string, string>>;
  trees: readonly SourceFile[];
  build: QuickBuild;
  artifacts: Artifacts;
  folder: string;
}>;

export type Mutant = Readonly<{ site: Site; artifacts: string }>;

/** What is drawn but cannot be tested: no valid program, or the very code of the original. */
export type Left = { invalid: number; same: number };

/**
 * @param folder gets a folder for each mutant, which whoever takes the mutant removes
 * @param left counted up as mutants are made
 */
export function* mutantsOf(
  original: Original,
  draws: readonly Draw[],
  folder: string,
  left: Left,
): Generator<Mutant, void> {
  let made = 0;
  for (const { wanted, sites } of draws) {
    let found = 0;
    for (const site of sites) {
      if (found === wanted) break;
      const changed = compiled(original, site);
      if (changed === null) {
        left.invalid += 1;
      } else if ([...changed].every(([name, text]) => original.artifacts.get(name) === text)) {
        left.same += 1;
      } else {
        made += 1;
        found += 1;
        const artifacts = join(folder, String(made));
        mkdirSync(artifacts);
        cpSync(original.folder, artifacts, { recursive: true });
        writeArtifacts(artifacts, changed);
        yield { site, artifacts };
      }
    }
  }
}

function compiled({ sources, trees, build }: Original, { file, edit }: Site): Artifacts | null {
  const tree = trees.find((one) => one.file === file);
  if (!tree) throw new Error(`there is no ${file}`);
  return build({ ...sources, [file]: applyEdits(tree, [edit]) }, dependantsOf(file, sources));
}
