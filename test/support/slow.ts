/** For `npm run test:slow`: properties that do not say how often they run do so a thousand times. */
import fc from 'fast-check';

fc.configureGlobal({ ...fc.readConfigureGlobal(), numRuns: 1_000 });
