#!/usr/bin/env node
// The command that users type. TypeScript is loaded by tsx; Node 22.18 and later could do without.
import { register } from 'tsx/esm/api';

register();
await import('./main.ts');
