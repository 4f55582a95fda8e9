/** The coordinator's API as typed calls, one an operation; what every actor uses. protocol.md §4.1 */
import type { z } from 'zod';
import { TributaryError } from '#crypto/error.ts';
import type { AttemptView, CoordinatorStatus, Delivery, JobView } from '../attempt-view.ts';
import type { JobEvent } from '../job-events.ts';
import type { AttemptId } from '../job-id.ts';
import type { EvidenceRequest, Input, Signed } from '../messages.ts';
import { accessCalls, bearer } from './access-calls.ts';
import { ANSWER_MILLIS, callerOf, fetchAnswer, JSON_LIMIT, urlOf } from './call.ts';
import { followEvents, type EventOptions } from './follow-events.ts';
import { operations, type OperationId, type Operations } from './operations.ts';
import { nextOf, type JobPage } from './paging.ts';
import { stream } from './request.ts';
import { encodeToken } from './token.ts';
import { webhookCalls } from './webhook-calls.ts';

/** A slower transfer of many bytes is given up. */
const SLOWEST_BYTES_PER_MILLI = 10;
/** Streams end after an hour; one from which no sign of life came three times is broken. */
const LONGEST_STREAM_MILLIS = 3_700_000;
const SILENT_STREAM_MILLIS = 45_000;
const LONGEST_TIMER_MILLIS = 2 ** 31 - 1;

export type CoordinatorApi = ReturnType<typeof coordinatorApi>;

/** The operations that take one signed message of an attempt. */
type MessageId = {
  [Id in OperationId]: Operations[Id] extends Readonly<{ method: 'post'; sender: 'message' }> ? Id : never;
}[OperationId];
type MessageOf<Id extends MessageId> = Readonly<z.output<Operations[Id]['body']['schema']>>;

/**
 * @param base the coordinator's URL, as the job's terms give it
 * @param signal ends every call
 * @param heard told of the headers of each answer with a view or an acknowledgement, as `answeredTime` wants them
 */
export function coordinatorApi(
  base: string,
  signal?: AbortSignal,
  heard: (headers: Headers) => void = () => undefined,
) {
  const root = base.replace(/\/$/, '');
  const call = callerOf(root, signal, heard);
  const post =
    <Id extends MessageId>(id: Id) =>
    async (attempt: AttemptId, body: MessageOf<Id>): Promise<void> =>
      void (await call(operations[id], { path: { ...attempt }, body }));

  return {
    /** Who answers here, by its own word: the chain says whether a job is its. */
    status: async (): Promise<CoordinatorStatus> => (await call(operations.status)).value,

    /**
     * A page of the coordinator's jobs, in ascending order.
     *
     * @param after the last job of the page before
     */
    async jobs(after = 0, limit = 100): Promise<JobPage> {
      const { value, headers } = await call(operations.jobs, { query: { limit, after } });
      return { jobs: value, next: nextOf(headers, after, root) };
    },

    job: async (job: number): Promise<JobView> => (await call(operations.job, { path: { job } })).value,

    /**
     * A job's events, as they come, each once and in order. It comes again by itself when the stream ends or breaks, and goes on
     * after the last event; on `read-again` read the state, since events before it are not to be had. They are hints: what
     * they tell of is read and checked as ever.
     *
     * @throws TributaryError (while it is read) a refusal that waiting does not mend, as `job/unknown`
     */
    events: (job: number, options: EventOptions = {}): AsyncGenerator<JobEvent, void, undefined> => {
      const wanted = [signal, options.signal].filter((one) => one !== undefined);
      return followEvents(
        (after, ends) =>
          stream({
            method: 'GET',
            url: urlOf(root, operations.events, { path: { job } }),
            headers: {
              accept: operations.events.answer.type,
              ...(after !== null && { 'last-event-id': after }),
            },
            timeoutMillis: LONGEST_STREAM_MILLIS,
            idleMillis: SILENT_STREAM_MILLIS,
            type: operations.events.answer.type,
            limitBytes: JSON_LIMIT,
            signal: ends,
          }),
        { ...options, ...(wanted.length > 0 && { signal: AbortSignal.any(wanted) }) },
      );
    },

    /**
     * @param after with a revision: waits up to `wait` seconds for a later one
     * @param seat whose view of a sparse attempt is wanted
     */
    async attempt(
      id: AttemptId,
      after?: number,
      wait = 20,
      seat: number | null = null,
    ): Promise<AttemptView> {
      const query = {
        ...(seat === null ? {} : { seat }),
        ...(after === undefined ? {} : { after, wait }),
      };
      const timeoutMillis = ANSWER_MILLIS + wait * 1000;
      const { value } = await call(operations.attempt, { path: { ...id }, query, timeoutMillis });
      if (value.job !== id.job || value.round !== id.round || value.attempt !== id.attempt) {
        throw new TributaryError('coordinator/bad-answer', `${root}/v1 answered for another attempt`);
      }
      return value;
    },

    deliveries: async (id: AttemptId, member: number): Promise<Delivery[]> =>
      (await call(operations.deliveries, { path: { ...id, member } })).value,

    enrol: post('enrol'),
    share: post('share'),
    receive: post('receive'),
    confirm: post('confirm'),
    abort: post('abort'),
    unmask: post('unmask'),
    attest: post('attest'),
    approve: post('approve'),
    refuse: post('refuse'),

    /** Uploads the packed masked input; the signed commitment travels in a header. */
    async upload(id: AttemptId, envelope: Signed<Input>, vector: Uint8Array): Promise<void> {
      await call(operations.upload, {
        path: { ...id, member: envelope.message.member },
        headers: { 'content-type': 'application/octet-stream', 'tributary-message': encodeToken(envelope) },
        bytes: vector,
        timeoutMillis: transferMillis(vector.length),
      });
    },

    /**
     * An attempt's evidence as a CAR, in pieces as they come; the caller re-hashes every block and counts the bytes.
     *
     * @param by a signed request, or a token with the scope `evidence:read`
     * @param expectedBytes the most that there can honestly be, which sets how long it may take
     * @param wanted aborts where no more is wanted
     */
    evidence: (
      id: AttemptId,
      by: Readonly<{ message: EvidenceRequest; signature: string }> | Readonly<{ token: string }>,
      expectedBytes: number,
      wanted: AbortSignal,
    ): AsyncIterable<Uint8Array> =>
      stream({
        method: 'GET',
        url: urlOf(root, operations.evidence, { path: { ...id } }),
        headers: 'token' in by ? bearer(by.token) : { authorization: `Tributary ${encodeToken(by)}` },
        timeoutMillis: transferMillis(expectedBytes),
        idleMillis: ANSWER_MILLIS,
        limitBytes: JSON_LIMIT,
        signal: signal ? AbortSignal.any([signal, wanted]) : wanted,
      }),

    ...accessCalls(call, root),
    ...webhookCalls(call),

    /** The API's own description, an OpenAPI 3.1 document. */
    openapi: async (): Promise<Readonly<Record<string, unknown>>> => (await call(operations.openapi)).value,

    /** The same as an HTML page. */
    docs: async (): Promise<string> =>
      new TextDecoder().decode((await fetchAnswer(root, operations.docs, {}, signal)).bytes),
  } satisfies Readonly<Record<OperationId, unknown>>;
}

const transferMillis = (bytes: number): number =>
  Math.min(ANSWER_MILLIS + Math.ceil(bytes / SLOWEST_BYTES_PER_MILLI), LONGEST_TIMER_MILLIS);
