/** `npm run check` finds a planted breach of every rule and compiler option that it asks for. */
import { execFile } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';

/** Plants of one file grow in one folder, each in a file that is named after what has to find it. */
type Bed = Readonly<{ plants: string; folder: string; ending: string }>;
type Rules = Readonly<Record<string, unknown>>;
type OxlintConfig = Readonly<{ rules: Rules; overrides: readonly Readonly<{ rules: Rules }>[] }>;

const oxlintBeds: readonly Bed[] = [
  { plants: 'core', folder: 'cli', ending: '.ts' },
  { plants: 'typescript', folder: 'cli', ending: '.ts' },
  { plants: 'javascript', folder: 'scripts', ending: '.mjs' },
  { plants: 'script', folder: 'scripts', ending: '.cjs' },
  { plants: 'crypto', folder: 'crypto', ending: '.ts' },
];
const eslintBeds: readonly Bed[] = [
  { plants: 'left', folder: 'buyer', ending: '.ts' },
  { plants: 'left-script', folder: 'buyer', ending: '.cjs' },
];
/** The compiler looks at what is generated too. */
const typeBeds: readonly Bed[] = [
  { plants: 'types', folder: 'model', ending: '.ts' },
  { plants: 'types', folder: 'contracts/bindings', ending: '.ts' },
];

/** Rules by file, of a tree with our configuration, our packages and nothing but the plants. */
type Found = ReadonlyMap<string, ReadonlySet<string>>;

describe('the linters and the compiler', function () {
  this.timeout(120_000);
  let home: string;
  let byOxlint: Found;
  let byEslint: Found;

  before(async () => {
    home = mkdtempSync(join(tmpdir(), 'tributary-lint-'));
    for (const file of ['.oxlintrc.json', 'eslint.config.js', 'tsconfig.json', 'package.json'])
      copyFileSync(file, join(home, file));
    symlinkSync(join(process.cwd(), 'node_modules'), join(home, 'node_modules'));
    for (const bed of [...oxlintBeds, ...eslintBeds, ...typeBeds]) plant(home, bed);
    // By name: from a tree that git does not know, oxlint would walk the link to the packages.
    const folders = (beds: readonly Bed[]) => [...new Set(beds.map(({ folder }) => folder))];
    [byOxlint, byEslint] = await Promise.all([
      oxlint(home, folders([...oxlintBeds, ...typeBeds])),
      eslint(home, folders(eslintBeds)),
    ]);
  });
  after(() => {
    rmSync(home, { recursive: true, force: true });
  });

  it('have a plant for every rule of .oxlintrc.json', () => {
    const { rules, overrides } = parse(readFileSync('.oxlintrc.json', 'utf8')) as OxlintConfig;
    const asked = new Set([rules, ...overrides.map((override) => override.rules)].flatMap(Object.keys));
    const planted = oxlintBeds.flatMap((bed) => namesIn(bed));
    expect(planted.sort()).to.deep.equal([...asked].map((rule) => rule.replace('typescript/', '')).sort());
  });

  for (const bed of oxlintBeds) {
    for (const name of namesIn(bed)) {
      it(`find a breach of ${name} in a file ${bed.ending}`, () => {
        const rules = byOxlint.get(`${bed.folder}/${name}${bed.ending}`) ?? new Set();
        expect([...rules]).to.include.oneOf([`eslint(${name})`, `typescript(${name})`]);
      });
    }
  }

  for (const bed of eslintBeds) {
    for (const name of namesIn(bed)) {
      it(`find a breach of ${name} in a file ${bed.ending}, which oxlint does not`, () => {
        expect([...(byEslint.get(fileOf(bed, name)) ?? [])]).to.include(name);
      });
    }
  }

  for (const bed of typeBeds) {
    for (const code of namesIn(bed)) {
      it(`say ${code} in ${bed.folder}`, () => {
        expect([...(byOxlint.get(fileOf(bed, code)) ?? [])]).to.include(`typescript(${code})`);
      });
    }
  }
});

function plantsOf({ plants }: Bed): Readonly<Record<string, string>> {
  return parse(readFileSync(join(import.meta.dirname, 'plants', `${plants}.yaml`), 'utf8')) as Record<
    string,
    string
  >;
}

function namesIn(bed: Bed): string[] {
  return Object.keys(plantsOf(bed));
}

function fileOf({ folder, ending }: Bed, name: string): string {
  return `${folder}/${name.replace('@typescript-eslint/', '')}${ending}`;
}

function plant(home: string, bed: Bed): void {
  mkdirSync(join(home, bed.folder), { recursive: true });
  for (const [name, text] of Object.entries(plantsOf(bed)))
    writeFileSync(join(home, fileOf(bed, name)), name === 'max-lines' ? text.repeat(301) : text);
}

async function oxlint(home: string, folders: readonly string[]): Promise<Found> {
  const output = await outputOf(home, 'oxlint', ['--format', 'json', ...folders]);
  const { diagnostics } = JSON.parse(output) as {
    diagnostics: readonly { code?: string; filename: string }[];
  };
  return grouped(diagnostics.map(({ filename, code }) => [filename, code ?? '']));
}

async function eslint(home: string, folders: readonly string[]): Promise<Found> {
  const files = JSON.parse(await outputOf(home, 'eslint', ['--format', 'json', ...folders])) as readonly {
    filePath: string;
    messages: readonly { ruleId: string | null }[];
  }[];
  const named = files.flatMap(({ filePath, messages }) =>
    messages.map(({ ruleId }) => [filePath.split(`${home}/`).at(-1) ?? '', ruleId ?? ''] as const),
  );
  return grouped(named);
}

function grouped(pairs: readonly (readonly [file: string, rule: string])[]): Found {
  const found = new Map<string, Set<string>>();
  for (const [file, rule] of pairs) found.set(file, (found.get(file) ?? new Set()).add(rule));
  return found;
}

/** Standard output; that a linter fails is what is wanted here. */
function outputOf(cwd: string, program: string, args: readonly string[]): Promise<string> {
  const path = join(cwd, 'node_modules', '.bin', program);
  return new Promise((resolve) => {
    execFile(path, args, { cwd, maxBuffer: 64 * 1024 * 1024 }, (_, stdout) => resolve(stdout));
  });
}
