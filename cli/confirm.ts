/** A question before something that can't be undone. */
import { createInterface } from 'node:readline/promises';

/** @returns whether a person said yes; null where there is nobody to ask */
export async function confirmed(question: string): Promise<boolean | null> {
  if (!process.stdin.isTTY) return null;
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await prompt.question(`${question} [y/N] `);
  prompt.close();
  return /^y(es)?$/i.test(answer.trim());
}
