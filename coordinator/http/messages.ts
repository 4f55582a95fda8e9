/** The messages that owners and the buyer post, each by its route. protocol.md §4.1 */
import express, { type Request, type Response, Router } from 'express';
import type { z } from 'zod';
import {
  approvalUpload,
  attestationUpload,
  sharesUpload,
  signedAbort,
  signedConfirm,
  signedEnrolment,
  signedReceived,
  signedRefusal,
  unmaskingUpload,
} from '#protocol/messages.ts';
import { encodeRevealed } from '#protocol/rules/revealed.ts';
import type { MessageEvent } from '../round/attempt.ts';
import type { KeptMessage } from '../store/records.ts';
import type { HttpParts } from './parts.ts';
import { attemptOf, parsed } from './request.ts';

/** The largest message: shares for 1,024 members. */
const BODY_LIMIT = '4mb';

/** What every accepted message is answered, at first and again. */
export const ACCEPTED = { accepted: true } as const;

export function messageRoutes({ jobs, checkApproval }: HttpParts): Router {
  const routes = Router({ mergeParams: true });
  routes.use(express.json({ limit: BODY_LIMIT, type: 'application/json' }));

  /** Registers a route for a message that an attempt takes as it is. */
  function take<Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    eventOf: (body: z.infer<Schema>) => MessageEvent,
    kept: (body: z.infer<Schema>) => KeptMessage | null = () => null,
  ): void {
    routes.post(path, async (request: Request, response: Response) => {
      const id = attemptOf(request);
      const body = parsed(schema, request.body, 'body');
      await jobs.driver(id.job).submit(id, eventOf(body), kept(body));
      response.json(ACCEPTED);
    });
  }

  take('/enrolments', signedEnrolment, (envelope) => ({ type: 'enrolment', envelope }));
  take(
    '/shares',
    sharesUpload,
    (upload) => ({ type: 'shares', upload }),
    (upload) => ({ kind: 'ciphertexts', slot: upload.message.member, texts: upload.ciphertexts }),
  );
  take('/receipts', signedReceived, (envelope) => ({ type: 'received', envelope }));
  take('/confirmations', signedConfirm, (envelope) => ({ type: 'confirm', envelope }));
  take('/aborts', signedAbort, (envelope) => ({ type: 'abort', envelope }));
  take(
    '/unmaskings',
    unmaskingUpload,
    (upload) => ({ type: 'unmasking', upload }),
    ({ message: { member }, shares }) => ({
      kind: 'unmasking',
      slot: member,
      // Enough to restore secrets, and much less than all of it.
      body: { message: { member }, shares: shares.map(({ member: dealer, y }) => ({ member: dealer, y })) },
      opened: encodeRevealed(shares),
    }),
  );
  take('/attestations', attestationUpload, (upload) => ({ type: 'attestation', upload }));
  take('/refusals', signedRefusal, (envelope) => ({ type: 'refusal', envelope }));

  routes.post('/approvals', async (request, response) => {
    const id = attemptOf(request);
    const body = parsed(approvalUpload, request.body, 'body');
    const driver = jobs.driver(id.job);
    // The chain is asked only about an approval that would count.
    if (await driver.preview(id, { type: 'approval', upload: body })) {
      const { rules } = await driver.attempt(id);
      const upload = await checkApproval(rules.buyer, rules.domain, body);
      await driver.submit(id, { type: 'approval', upload });
    }
    response.json(ACCEPTED);
  });

  return routes;
}
