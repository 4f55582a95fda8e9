/** A client that takes a decision twice: what its journal is there to prevent. protocol.md §4.5, §4.6 */
import type { Check } from './weakened.ts';

/** A journal whose decisions can be taken again, by a client that sends again what it has sent. */
export const forgetful: readonly Check[] = [
  {
    file: 'client/journal/attempt-journal.ts',
    passage: 'if (!disk.create(decisionFile(name), json(decision))) {',
    put: "disk.replace(decisionFile(name), json(decision)); if (name === '') {",
  },
  { file: 'client/attempt.ts', passage: 'if (isAcknowledged(attempt, name)) return;', put: '' },
];
/** Beside these: it confirms other survivors than before, or opens shares for them. */
export const confirmsAgain: Check = {
  file: 'client/steps/confirm.ts',
  passage: "const decided = attempt.record.decided('verdict');",
  put: 'const decided = null;',
};
export const opensAgain: Check = {
  file: 'client/steps/unmask.ts',
  passage: 'if (opened) {',
  put: 'if (opened?.survivors === survivors) {',
};
