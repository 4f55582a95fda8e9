/** An attempt's evidence as one CAR, for its members, the buyer and the readers that the job's terms name. protocol.md §6.4 */
import { fromHex } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import { exportCar } from '#datasets/car.ts';
import { cidFromDigest } from '#protocol/dag.ts';
import type { Operations } from '#protocol/http/operations.ts';
import { tokenOf } from '#protocol/http/token.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import { signedEvidenceRequest, type EvidenceRequest, type Signed } from '#protocol/messages.ts';
import { signedBy } from '#protocol/signature.ts';
import type { Seconds } from '#protocol/units.ts';
import type { Attempt } from '../round/attempt.ts';
import { parsed } from './asked.ts';
import type { HttpParts } from './parts.ts';
import type { Handler } from './route.ts';

/** A request can be used by whoever sees it, so it does not live long. */
const LONGEST_VALIDITY_SECONDS = 600;
const SCHEME = /^Tributary ([\w-]+)$/;
const requestToken = tokenOf(signedEvidenceRequest);

export function evidenceCar({ jobs, evidence, clock }: HttpParts): Handler<Operations['evidence']> {
  return async ({ path: id, headers }) => {
    const token = SCHEME.exec(headers.authorization ?? '')?.[1];
    if (token === undefined)
      throw forbidden('sign an EvidenceRequest and send it as "authorization: Tributary …"');
    const signed = parsed(requestToken, token, 'headers.authorization');
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
    return { name: root.toString(), pieces: exportCar(blocks, root) };
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
