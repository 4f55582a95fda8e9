/** What the operator of a machine tells the coordinator that runs on it. docs/rotation.md */
import { z } from 'zod';
import type { Secrets } from '../access/secrets.ts';
import type { Log } from '../driver/log.ts';
import type { Drain } from './drain.ts';

/** A year: nothing is believed longer. */
const MOST_SECONDS = 366 * 86_400;

export const controlCommand = z.discriminatedUnion('command', [
  z.strictObject({ command: z.literal('state') }),
  z.strictObject({ command: z.literal('drain'), handOver: z.boolean() }),
  z.strictObject({ command: z.literal('resume') }),
  z.strictObject({
    command: z.literal('rotate-secrets'),
    keepSeconds: z.int().min(0).max(MOST_SECONDS),
  }),
]);
export type ControlCommand = z.infer<typeof controlCommand>;

export const controlState = z.strictObject({
  instance: z.string(),
  /** Takes on no job. */
  draining: z.boolean(),
  /** Jobs under way. */
  jobs: z.int().min(0),
});
export const controlRotated = z.strictObject({ number: z.int().min(1), previousRetiresAt: z.int() });

export type ControlParts = Readonly<{
  instance: string;
  drain: Drain;
  underWay: () => number;
  secrets: Pick<Secrets, 'rotate'>;
  log: Log;
}>;

/** Each of them is logged: who runs a service sees what was done to it. @throws TributaryError `coordinator/alone`, `database/…` */
export function controlled({ instance, drain, underWay, secrets, log }: ControlParts) {
  const state = () => ({ instance, draining: drain.isDraining(), jobs: underWay() });
  return async (asked: ControlCommand): Promise<object> => {
    switch (asked.command) {
      case 'state':
        return state();
      case 'drain':
        drain.begin(asked.handOver);
        log.info({ ...state(), handOver: asked.handOver }, 'drained: no job is taken on any more');
        return state();
      case 'resume':
        drain.end();
        log.info(state(), 'drained no more: jobs are taken on');
        return state();
      case 'rotate-secrets':
        return secrets.rotate(asked.keepSeconds);
      default:
        return asked satisfies never;
    }
  };
}
