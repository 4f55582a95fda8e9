// What .oxlintrc.json can't ask: rules that oxlint lacks, or where it sees less or more than there is.
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

export default defineConfig(
  { ignores: ['node_modules', 'contracts/artifacts', 'contracts/bindings', 'coverage', '.cache'] },
  {
    rules: {
      // A script's own, which no parser of modules lets pass.
      'no-dupe-args': 'error',
      'no-octal': 'error',
      // oxlint's loses sight of a value that a later turn of the loop reads.
      'no-useless-assignment': 'error',
    },
  },
  { files: ['**/*.mjs', '**/*.js', '**/*.cjs'], rules: { 'no-unused-vars': 'error' } },
  {
    files: ['**/*.ts'],
    plugins: { '@typescript-eslint': tseslint.plugin },
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      // The compiler takes anything of the same shape for a CID, which has no private member.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'error',
      // oxlint's counts a function that only calls itself as used.
      '@typescript-eslint/no-unused-vars': 'error',
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Name what you export.' },
        { selector: 'TSEnumDeclaration', message: 'Use a union of literals.' },
      ],
    },
  },
);
