/** One line of the table of error codes. */

/** What a code says, and what whoever reads it should do: a short sentence each. */
export type ErrorEntry = Readonly<{ means: string; do: string }>;

/** By code, as `area/what-is-wrong`. */
export type ErrorEntries = Readonly<Record<`${string}/${string}`, ErrorEntry>>;
