/** The structured log that the coordinator writes to; pino's own shape. Nothing secret goes into it. */

export type Log = Readonly<{
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}>;

/** What of an error may stand in a log: its code, or its name and words. */
export function factsOf(error: unknown): object {
  if (!(error instanceof Error)) return { error: String(error) };
  return 'code' in error
    ? { code: error.code, error: error.message }
    : { error: `${error.name}: ${error.message}` };
}
