/** The coordinator's API as typed calls; what every actor uses. protocol.md §4.1 */
import { TributaryError } from '#crypto/error.ts';
import {
  attemptView,
  coordinatorStatus,
  deliveries,
  jobView,
  type AttemptView,
  type CoordinatorStatus,
  type Delivery,
  type JobView,
} from '../attempt-view.ts';
import type { AttemptId } from '../job-id.ts';
import type {
  Abort,
  ApprovalUpload,
  AttestationUpload,
  Confirm,
  Enrolment,
  EvidenceRequest,
  Input,
  Received,
  Refusal,
  SharesUpload,
  Signed,
  UnmaskingUpload,
} from '../messages.ts';
import { encodeJson } from './json-body.ts';
import { exchange, parseAnswer, stream } from './request.ts';

const JSON_LIMIT = 16 * 1024 * 1024;
const ANSWER_MILLIS = 30_000;
/** A slower transfer of many bytes is given up. */
const SLOWEST_BYTES_PER_MILLI = 10;
const LONGEST_TIMER_MILLIS = 2 ** 31 - 1;

/** JSON in a header or a token, as base64url. */
export const encodeToken = (value: object): string =>
  btoa(String.fromCharCode(...new TextEncoder().encode(JSON.stringify(value))))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

export type CoordinatorApi = ReturnType<typeof coordinatorApi>;

/** @param base the coordinator's URL, as the job's terms give it */
export function coordinatorApi(base: string, signal?: AbortSignal) {
  const root = `${base.replace(/\/$/, '')}/v1`;
  const jobUrl = (job: number) => `${root}/jobs/${job}`;
  const attemptUrl = (id: AttemptId) => `${jobUrl(id.job)}/rounds/${id.round}/attempts/${id.attempt}`;

  const get = (url: string, timeoutMillis = ANSWER_MILLIS) =>
    exchange({ method: 'GET', url, timeoutMillis, limitBytes: JSON_LIMIT, signal });
  const post = async (url: string, body: object) => {
    const { bytes, headers } = await encodeJson(body);
    return exchange({
      method: 'POST',
      url,
      headers,
      body: bytes,
      timeoutMillis: ANSWER_MILLIS,
      limitBytes: JSON_LIMIT,
      signal,
    });
  };

  return {
    /** Who answers here, by its own word: the chain says whether a job is its. */
    async status(): Promise<CoordinatorStatus> {
      const url = `${root}/status`;
      return parseAnswer(coordinatorStatus, await get(url), url);
    },

    async job(job: number): Promise<JobView> {
      const url = jobUrl(job);
      return parseAnswer(jobView, await get(url), url);
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
      const query = new URLSearchParams({
        ...(seat === null ? {} : { seat: `${seat}` }),
        ...(after === undefined ? {} : { after: `${after}`, wait: `${wait}` }),
      });
      const url = `${attemptUrl(id)}?${query.toString()}`;
      const view = parseAnswer(attemptView, await get(url, ANSWER_MILLIS + wait * 1000), url);
      if (view.job !== id.job || view.round !== id.round || view.attempt !== id.attempt) {
        throw new TributaryError('coordinator/bad-answer', `${root} answered for another attempt`);
      }
      return view;
    },

    async deliveries(id: AttemptId, member: number): Promise<Delivery[]> {
      const url = `${attemptUrl(id)}/shares/${member}`;
      return parseAnswer(deliveries, await get(url), url);
    },

    enrol: (id: AttemptId, envelope: Signed<Enrolment>) => post(`${attemptUrl(id)}/enrolments`, envelope),
    share: (id: AttemptId, upload: SharesUpload) => post(`${attemptUrl(id)}/shares`, upload),
    receive: (id: AttemptId, envelope: Signed<Received>) => post(`${attemptUrl(id)}/receipts`, envelope),
    confirm: (id: AttemptId, envelope: Signed<Confirm>) => post(`${attemptUrl(id)}/confirmations`, envelope),
    abort: (id: AttemptId, envelope: Signed<Abort>) => post(`${attemptUrl(id)}/aborts`, envelope),
    unmask: (id: AttemptId, upload: UnmaskingUpload) => post(`${attemptUrl(id)}/unmaskings`, upload),
    attest: (id: AttemptId, upload: AttestationUpload) => post(`${attemptUrl(id)}/attestations`, upload),
    approve: (id: AttemptId, upload: ApprovalUpload) => post(`${attemptUrl(id)}/approvals`, upload),
    refuse: (id: AttemptId, envelope: Signed<Refusal>) => post(`${attemptUrl(id)}/refusals`, envelope),

    /** Uploads the packed masked input; the signed commitment travels in a header. */
    upload: (id: AttemptId, envelope: Signed<Input>, vector: Uint8Array) =>
      exchange({
        method: 'PUT',
        url: `${attemptUrl(id)}/inputs/${envelope.message.member}`,
        headers: { 'content-type': 'application/octet-stream', 'tributary-message': encodeToken(envelope) },
        body: vector,
        timeoutMillis: transferMillis(vector.length),
        limitBytes: JSON_LIMIT,
        signal,
      }),

    /**
     * An attempt's evidence as a CAR, in pieces as they come; the caller re-hashes every block and counts the bytes.
     *
     * @param expectedBytes the most that there can honestly be, which sets how long it may take
     * @param wanted aborts where no more is wanted
     */
    evidence: (
      id: AttemptId,
      request: Readonly<{ message: EvidenceRequest; signature: string }>,
      expectedBytes: number,
      wanted: AbortSignal,
    ): AsyncIterable<Uint8Array> =>
      stream({
        method: 'GET',
        url: `${attemptUrl(id)}/evidence`,
        headers: { authorization: `Tributary ${encodeToken(request)}` },
        timeoutMillis: transferMillis(expectedBytes),
        idleMillis: ANSWER_MILLIS,
        limitBytes: JSON_LIMIT,
        signal: signal ? AbortSignal.any([signal, wanted]) : wanted,
      }),
  };
}

const transferMillis = (bytes: number): number =>
  Math.min(ANSWER_MILLIS + Math.ceil(bytes / SLOWEST_BYTES_PER_MILLI), LONGEST_TIMER_MILLIS);
