/** An answer that stands for a moment, whoever asks: what is the same for all is not asked for each of them. */
export function fresh<T>(
  ask: () => Promise<T>,
  millis: number,
  /** Monotonic milliseconds. */
  now: () => number = () => performance.now(),
): () => Promise<T> {
  let answer: Promise<T> | null = null;
  let answeredAt = Infinity;
  return () => {
    // Who asks while it is found out waits for that: it may take its time.
    if (answer && now() - answeredAt < millis) return answer;
    answeredAt = Infinity;
    const asking = ask();
    answer = asking;
    asking.then(
      () => (answeredAt = now()),
      // A failure is asked about again at once.
      () => (answer = null),
    );
    return asking;
  };
}
