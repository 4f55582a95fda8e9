/** Where the short examples are. */
import { fileURLToPath } from 'node:url';

export const exampleFiles = ['one-round', 'bring-your-own-model', 'audit-a-car', 'agent'] as const;
export type ExampleName = (typeof exampleFiles)[number];

export const exampleFile = (name: ExampleName): string =>
  fileURLToPath(new URL(`../../examples/${name}/main.ts`, import.meta.url));
