/** Writes docs/openapi.json from the operations. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { documentOf } from '#coordinator/http/document/document.ts';

const path = join(import.meta.dirname, '..', 'docs', 'openapi.json');
writeFileSync(path, `${JSON.stringify(documentOf(), null, 2)}\n`);
