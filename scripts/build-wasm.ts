/** Assembles crypto/wasm/ring.wat into crypto/wasm/ring-code.ts: `node --import tsx scripts/build-wasm.ts`. */
import { readFileSync, writeFileSync } from 'node:fs';

import { codeFile } from './wat.ts';

const folder = new URL('../crypto/wasm/', import.meta.url);
writeFileSync(new URL('ring-code.ts', folder), codeFile(readFileSync(new URL('ring.wat', folder), 'utf8')));
