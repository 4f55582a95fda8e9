/** An attempt's evidence as one CAR, for its members, the buyer and the readers that the job's terms name. protocol.md §6.4 */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { RequestHandler } from 'express';
import { fromHex } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import { exportCar } from '#datasets/car.ts';
import { cidFromDigest } from '#protocol/dag.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import { signedEvidenceRequest, type EvidenceRequest, type Signed } from '#protocol/messages.ts';
import { signedBy } from '#protocol/signature.ts';
import type { Seconds } from '#protocol/units.ts';
import type { Attempt } from '../round/attempt.ts';
import type { HttpParts } from './parts.ts';
import { attemptOf, parsedToken } from './request.ts';

/** A request can be used by whoever sees it, so it does not live long. */
const LONGEST_VALIDITY_SECONDS = 600;
const SCHEME = /^Tributary ([\w-]+)$/;
/** Of a reader that takes nothing: a connection costs the memory of two blocks. */
const STALLED_MILLIS = 60_000;
const CAR_TYPE = 'application/vnd.ipld.car; version=1';

export function evidenceCar({ jobs, evidence, clock }: HttpParts): RequestHandler {
  return async (request, response) => {
    const id = attemptOf(request);
    const token = SCHEME.exec(request.get('authorization') ?? '')?.[1];
    if (token === undefined)
      throw forbidden('sign an EvidenceRequest and send it as "authorization: Tributary …"');
    const signed = parsedToken(signedEvidenceRequest, token, 'authorization');
    const state = await jobs.driver(id.job).attempt(id);
    assertAccess(state, id, signed, clock.now());
    if (!('proposal' in state)) {
      throw new TributaryError(
        'evidence/unknown-block',
        `this attempt is ${state.phase} and has no evidence`,
      );
    }
    const root = cidFromDigest('dag-cbor', fromHex(state.proposal.evidence));
    const blocks = evidence(id);
    // While nothing was answered yet, evidence that is not there can still be a refusal.
    await blocks.get(root);
    response.type(CAR_TYPE);
    response.setTimeout(STALLED_MILLIS);
    // A block is read from the disk when the one before it has left for the socket.
    await pipeline(Readable.from(exportCar(blocks, root)), response);
  };
}

/** @throws TributaryError `evidence/forbidden` */
export function assertAccess(
  state: Attempt,
  id: AttemptId,
  signed: Signed<EvidenceRequest>,
  now: Seconds,
): void {
  const { message } = signed;
  const { requester, deadline } = message;
  const operators =
    'enrolments' in state ? state.enrolments.map((enrolment) => enrolment.message.operator) : [];
  const { buyer, evidence } = state.rules;
  if (![buyer, ...evidence.readers, ...operators].includes(requester)) {
    throw forbidden(
      `${requester} is neither a member of this attempt, nor the buyer, nor a reader by its terms`,
    );
  }
  if (message.job !== id.job || message.round !== id.round || message.attempt !== id.attempt) {
    throw forbidden('the request is signed for another attempt');
  }
  if (deadline < now || deadline > now + LONGEST_VALIDITY_SECONDS) {
    throw forbidden(`sign a request with a deadline at most ${LONGEST_VALIDITY_SECONDS} seconds ahead`);
  }
  if (!signedBy(requester, state.rules.domain, 'EvidenceRequest', signed)) {
    throw forbidden('the request is not signed by its requester');
  }
}

const forbidden = (why: string): TributaryError => new TributaryError('evidence/forbidden', why);
