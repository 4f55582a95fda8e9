/** Ctrl-C and its kin as a signal to stop, for a script that has processes to end and folders to remove. */

/**
 * @param task stops soon after the signal
 * @returns its exit status, or 130 when it was interrupted
 */
export async function untilInterrupted(task: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const controller = new AbortController();
  const stop = () => controller.abort();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, stop);
  const status = await task(controller.signal);
  return controller.signal.aborted ? 130 : status;
}
