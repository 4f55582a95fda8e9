// Starts the worker from its source: a process's own loader of TypeScript does not reach into its threads.
import { register } from 'tsx/esm/api';

register();
await import('./recover-worker.ts');
