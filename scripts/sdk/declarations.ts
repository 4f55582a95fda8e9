/** The SDK's types for outsiders: declarations of all that its entry reaches, naming one another as JavaScript would. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';

/** @throws where a declaration can't be written */
export function writeDeclarations(root: string, entry: string, outDir: string): void {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
    config: object;
  };
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [entry] }, ts.sys, root);
  const program = ts.createProgram([join(root, entry)], {
    ...options,
    // Whether they compile, `npm run check` says.
    ...{ noEmit: false, noCheck: true, declaration: true, emitDeclarationOnly: true },
    ...{ rootDir: root, outDir },
  });
  const { diagnostics, emitSkipped } = program.emit(undefined, (path, text) => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, withOwnNames(text, path, outDir));
  });
  if (emitSkipped) throw new Error(ts.formatDiagnostics(diagnostics, host(root)));
}

const host = (root: string): ts.FormatDiagnosticsHost => ({
  getCanonicalFileName: (name) => name,
  getCurrentDirectory: () => root,
  getNewLine: () => '\n',
});

/** `#room/…` is a name inside this package, and `.ts` is no file of it: both become the path to a declaration. */
function withOwnNames(text: string, path: string, outDir: string): string {
  let written = text;
  const names = ts.preProcessFile(text, true, true).importedFiles;
  for (const { fileName, pos, end } of names.toReversed()) {
    if (!/^[#.]/.test(fileName)) continue;
    const target = fileName.startsWith('#')
      ? relative(dirname(path), join(outDir, fileName.slice(1)))
      : fileName;
    const named = `${target.startsWith('.') ? '' : './'}${target}`.replace(/\.ts$/, '.js');
    // What the place spans is the name between its quotes.
    const at = text.indexOf(fileName, pos);
    if (at < 0 || at > end) throw new Error(`${path}: the import of ${fileName} is not where it should be`);
    written = written.slice(0, at) + named + written.slice(at + fileName.length);
  }
  return written;
}
