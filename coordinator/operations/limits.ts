/** The part of the operations policy that says how much anyone may ask. docs/operations.md */
import { z } from 'zod';
import { addressRange } from './address-range.ts';

const count = (most: number) => z.int().min(1).max(most);
const perMinute = count(10_000_000);
const MOST_STREAMS = 1_000_000;
const KIB = 1024;

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
/** A program that holds a key has no cohort behind it: a hundred requests a second that read, twenty that write. */
const READS_OF_A_CALLER = 6_000;
const MESSAGES_OF_A_CALLER = 1_200;

const budgets = (reads: number, messages: number) =>
  z
    .strictObject({
      /** Requests that read. */
      reads: perMinute.default(reads),
      /** Messages that brought nothing new: refused, repeated, or not answered yet. */
      messages: perMinute.default(messages),
    })
    .prefault({});

export const limits = z
  .strictObject({
    /** Of one address in a minute. */
    address: budgets(COHORT_AT_ONE_ADDRESS * READS_OF_A_MEMBER, COHORT_AT_ONE_ADDRESS * MESSAGES_OF_A_MEMBER),
    /** Of one API key, or of one account by its sign-ins, in a minute. */
    caller: budgets(READS_OF_A_CALLER, MESSAGES_OF_A_CALLER),
    /** Streams of events that are open at once, at one coordinator: of one address, and in all. */
    streams: z
      .strictObject({
        address: count(MOST_STREAMS).default(COHORT_AT_ONE_ADDRESS * STREAMS_OF_A_MEMBER),
        all: count(MOST_STREAMS).default(STREAMS_IN_ALL),
      })
      .prefault({}),
    /** Of a JSON body, inflated, where its operation admits as much. Smaller: a sign-in by a contract would not fit. */
    bodyBytes: z
      .int()
      .min(16 * KIB)
      .max(4 * KIB * KIB)
      .default(4 * KIB * KIB),
    /** Proxies whose `X-Forwarded-For` is believed; nobody's unless named. */
    trustedProxies: z.array(addressRange).max(1_000).default([]),
  })
  .prefault({});

const UNLIMITED = 'unlimited';
const orUnlimited = (most: number) =>
  z
    .union(
      [z.int().min(1).max(most), z.literal(UNLIMITED)],
      `expected a whole number from 1, or ${UNLIMITED}`,
    )
    .default(UNLIMITED);

export const quotas = z
  .strictObject({
    /** Requests of one API key, or of one account by its sign-ins, in a day of UTC. */
    requests: orUnlimited(2 ** 40),
    /** What they are on the wire, both ways. */
    bytes: orUnlimited(2 ** 50),
    /** Jobs of one buyer under way at once. */
    jobs: z.int().min(1).max(100_000).default(1_000),
  })
  .prefault({});

export type Limits = Readonly<z.infer<typeof limits>>;
export type Quotas = Readonly<z.infer<typeof quotas>>;

/** @returns null where there is none */
export const quotaOf = (quota: Quotas['requests']): number | null => (quota === UNLIMITED ? null : quota);
