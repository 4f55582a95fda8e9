/** Blocks and bytes as they pass, shown on a terminal only. */

type Terminal = Readonly<{ isTTY?: boolean; write(text: string): unknown }>;

export type Metered<T> = Readonly<{ value: T; passed: Readonly<{ blocks: number; bytes: number }> }>;

/** A person does not read faster. */
const paceMs = 100;

/**
 * Runs what calls `count` with the size of each block that passes.
 *
 * @param doing as in "exported"
 * @param now milliseconds
 */
export async function metered<T>(
  doing: string,
  run: (count: (bytes: number) => void) => Promise<T>,
  out: Terminal = process.stderr,
  now: () => number = () => performance.now(),
): Promise<Metered<T>> {
  let [blocks, bytes, shown] = [0, 0, -Infinity];
  const show = () => {
    shown = now();
    out.write(`\r${doing} ${blocks} blocks, ${(bytes / 1_000_000).toFixed(1)} MB`);
  };
  const count = (size: number) => {
    blocks += 1;
    bytes += size;
    if (out.isTTY === true && now() - shown >= paceMs) show();
  };
  try {
    const value = await run(count);
    return { value, passed: { blocks, bytes } };
  } finally {
    if (out.isTTY === true) {
      show();
      out.write('\n');
    }
  }
}
