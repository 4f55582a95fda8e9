/** How much one address may ask, and whose word it is taken on which address that is. docs/operations-observability.md */

export type Limits = Readonly<{
  /** Requests that read, of one address in a minute. */
  readsPerMinute: number;
  /** Messages of one address in a minute that brought nothing new: refused, repeated, or not answered yet. */
  messagesPerMinute: number;
  /** Streams of events that are open at once, of one address, and in all. */
  streamsPerAddress: number;
  streams: number;
  /** CIDRs of proxies whose `X-Forwarded-For` is believed; nobody's unless named. */
  trustedProxies: readonly string[];
}>;

/** A whole cohort may sit behind one address (a hospital's, a carrier's NAT). */
const COHORT_AT_ONE_ADDRESS = 1_000;
/** Of one member in a minute, where a round takes no longer: a poll a phase and three more, a few reads of its own; twice that. */
const READS_OF_A_MEMBER = 30;
/** Of one member: of a job that it is in, and one that is just being replaced. */
const STREAMS_OF_A_MEMBER = 2;
/** A stream costs some ten kilobytes and a connection. */
const STREAMS_IN_ALL = 5_000;
/** Of one member in a minute: whatever it sends is under way at once, and is sent again as often as it is late. */
const MESSAGES_OF_A_MEMBER = 6;

export const defaultLimits: Limits = {
  readsPerMinute: COHORT_AT_ONE_ADDRESS * READS_OF_A_MEMBER,
  messagesPerMinute: COHORT_AT_ONE_ADDRESS * MESSAGES_OF_A_MEMBER,
  streamsPerAddress: COHORT_AT_ONE_ADDRESS * STREAMS_OF_A_MEMBER,
  streams: STREAMS_IN_ALL,
  trustedProxies: [],
};
