/**
 * An owner watches its job from any program, with nothing but `tributary/sdk`: each phase as it comes, and whether its own
 * operator is in. One JSON object a line, until the attempt is over. Nothing here is believed: `owner run` checks it all.
 *
 *   node main.js http://127.0.0.1:7070 7 0xOPERATOR
 */
import { coordinatorApi, isNear, toAddress, type AttemptView } from 'tributary/sdk';

const [url = '', number, operator = ''] = process.argv.slice(2);
const own = toAddress(operator);
const api = coordinatorApi(url);
const over = new Set<string>(['settled', 'aborted', 'failed']);

/** Of a sparse attempt a stranger to the roster sees nobody: its members read by their seat. */
function isIn(view: AttemptView): boolean {
  const roster = 'roster' in view && !isNear(view) ? view.roster : [];
  return roster.some(({ message }) => message.operator === own);
}

const { job, round, attempt } = await api.job(Number(number));
const id = { job, round, attempt };
let view = await api.attempt(id);
for (;;) {
  const { phase, revision, deadline } = view;
  console.log(JSON.stringify({ event: 'phase', ...id, phase, deadline, in: isIn(view) }));
  if (over.has(phase)) break;
  // A long poll: the answer comes with the next change, or after 20 seconds.
  do view = await api.attempt(id, revision, 20);
  while (view.revision === revision);
}
