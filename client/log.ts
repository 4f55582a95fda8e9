/** What the client tells its owner: pino's shape. Never secrets, rows, updates or vectors. protocol.md §4 */
export type Log = Readonly<{
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
}>;
