/** What a story is to whoever plays it. */
import type { DemoOptions } from '../options.ts';
import type { Court, Stack } from '../stack.ts';

/** What it came to, for machines; and whether all that it was to show was so. */
export type Told<T> = Readonly<{ outcome: T; sound: boolean }>;

export type Say = (text: string) => void;

export type Story = Readonly<{
  /** Its arbiter; null where nobody needs one. */
  court: Court | null;
  play(stack: Stack, options: DemoOptions, say: Say): Promise<Told<object>>;
}>;
