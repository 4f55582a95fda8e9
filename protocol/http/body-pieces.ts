/** The body of an answer in pieces, which really ends when its reader gives it up. https://fetch.spec.whatwg.org/#bodies */

/**
 * The signal that `fetch` was given does not do for the body: Node's holds it weakly, and once a garbage collection took that away
 * an abort reaches nobody, so that the connection, and with it the process, stays. Here the reader itself cancels.
 *
 * @throws what the signal aborts with
 */
export async function* bodyPieces(
  { body }: Response,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = body?.getReader();
  if (!reader) return;
  const cancel = (): void => void reader.cancel(signal.reason).catch(() => undefined);
  signal.addEventListener('abort', cancel);
  if (signal.aborted) cancel();
  try {
    for (;;) {
      const next = await reader.read();
      signal.throwIfAborted();
      if (next.done) return;
      yield next.value;
    }
  } finally {
    signal.removeEventListener('abort', cancel);
    // Whoever wants no more of it: the rest is not waited for.
    cancel();
  }
}
