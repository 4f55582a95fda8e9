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
import type { Address, Seconds } from '#protocol/units.ts';
import type { Attempt } from '../round/attempt.ts';
import { parsed } from './asked.ts';
import type { HttpParts } from './parts.ts';
import type { Handler } from './route.ts';

/** A request can be used by whoever sees it, so it does not live long. */
const LONGEST_VALIDITY_SECONDS = 600;
const SCHEME = /^Tributary ([\w-]+)$/;
const requestToken = tokenOf(signedEvidenceRequest);

export function evidenceCar({ jobs, evidence, clock }: HttpParts): Handler<Operations['evidence']> {
  return async ({ path: id, headers, caller }) => {
    const signed = caller ? null : requestIn(headers.authorization);
    const state = await jobs.driver(id.job).attempt(id);
    if (caller) assertReader(state, caller.subject);
    caller?.assertCovers({ ...id, datasets: datasetsOf(state) });
    if (signed) assertRequest(state, id, signed, clock.now());
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

/** @throws TributaryError `request/schema` */
const requestIn = (authorization: string | undefined): Signed<EvidenceRequest> =>
  parsed(requestToken, SCHEME.exec(authorization ?? '')?.[1], 'headers.authorization');

/** Who signs a request itself is one whom a token would have to be of. @throws TributaryError `evidence/forbidden` */
function assertRequest(state: Attempt, id: AttemptId, signed: Signed<EvidenceRequest>, now: Seconds): void {
  const { message } = signed;
  const { requester, deadline } = message;
  assertReader(state, requester);
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

/** Who reads an attempt's evidence: members by operator or owner, the buyer, readers by the job's terms. @throws TributaryError `evidence/forbidden` */
function assertReader(state: Attempt, asking: Address): void {
  const { buyer, evidence, seats } = state.rules;
  const members = enrolled(state).flatMap(({ operator, seat }) => [operator, seats[seat]?.owner]);
  if ([buyer, ...evidence.readers, ...members].includes(asking)) return;
  throw forbidden(`${asking} is neither a member of this attempt, nor the buyer, nor a reader by its terms`);
}

const enrolled = (state: Attempt) =>
  'enrolments' in state ? state.enrolments.map(({ message }) => message) : [];

/** Of the members: it is of all of them together. */
const datasetsOf = (state: Attempt): number[] =>
  enrolled(state).flatMap(({ seat }) => state.rules.seats[seat]?.dataset ?? []);

const forbidden = (why: string): TributaryError => new TributaryError('evidence/forbidden', why);
