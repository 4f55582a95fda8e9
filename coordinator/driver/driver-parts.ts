/** What the driver of a job stands on. */
import type { AttemptObserver } from '../metrics/rounds.ts';
import type { LookAhead } from '../settlement/overtaken.ts';
import type { Records } from '../store/records.ts';
import type { Clock } from './clock.ts';
import type { Duties } from './duties.ts';
import type { Hold } from './hold.ts';
import type { Log } from './log.ts';
import type { Performers } from './perform.ts';

export type DriverParts = Readonly<{
  records: Records;
  performers: Performers;
  duties: Duties;
  clock: Clock;
  hold: Hold | null;
  /** Told the line that a held job prints. */
  onHeld(line: string): void;
  log: Log;
  /** Told of each state that is on disk. */
  observer?: AttemptObserver;
  /** Asked once of a job that is taken up again, before anything is done for it. */
  lookAhead?: LookAhead;
}>;
