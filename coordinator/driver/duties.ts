/** Whose turn it is to perform a job's effects and to keep its deadlines: one coordinator's at a time. */

/**
 * Told when a job becomes this process's to perform; rejects where that could not be begun, and is told again then.
 *
 * @param signal aborts when it is not this process's any more
 * @param inherited whether another process may have had it before
 */
export type TakeDuty = (signal: AbortSignal, inherited: boolean) => Promise<void>;

export type Duties = Readonly<{
  /** Asks for a job, for ever. Resolves when it is taken at once, or is another's for now. */
  want(job: number, take: TakeDuty): Promise<void>;
  /** Whether a job is this process's now. */
  has(job: number): boolean;
}>;

/** Of a process that has its database for itself. */
export const soleDuties: Duties = {
  want: (_job, take) => take(new AbortController().signal, false),
  has: () => true,
};
