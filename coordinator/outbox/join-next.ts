/** One run at a time for all who ask: whoever asks during one gets the next, which sees what they did before. */
import { serialQueue } from '../driver/queue.ts';

export function joinNext(run: () => Promise<void>): () => Promise<void> {
  const queue = serialQueue();
  let next: Promise<void> | null = null;
  return () =>
    (next ??= queue(() => {
      next = null;
      return run();
    }));
}
