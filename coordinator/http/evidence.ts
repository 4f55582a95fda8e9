/** Blocks of an attempt's evidence, for its members, the buyer and the readers that the job's terms name. protocol.md §6.4 */
import type { RequestHandler } from 'express';
import { CID } from 'multiformats/cid';
import { TributaryError } from '#crypto/error.ts';
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

export function evidenceBlock({ jobs, evidence, clock }: HttpParts): RequestHandler {
  return async (request, response) => {
    const id = attemptOf(request);
    const cid = parsedCid(String(request.params['cid']));
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
    const bytes = await evidence(id).get(cid);
    response.type('application/octet-stream').send(Buffer.from(bytes));
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

function parsedCid(text: string): CID {
  try {
    return CID.parse(text);
  } catch {
    throw new TributaryError('request/schema', 'path.cid: expected the CID of a block');
  }
}

const forbidden = (why: string): TributaryError => new TributaryError('evidence/forbidden', why);
