/** The coordinator's HTTP API: every operation by its id, which is also the name of the typed client's method. protocol.md §4.1 */
import { account, createKey, keys, nonce, refresh, revokeKey, signIn, signOut } from './operations/access.ts';
import { docs, openapi } from './operations/describing.ts';
import {
  abort,
  approve,
  attest,
  confirm,
  enrol,
  receive,
  refuse,
  share,
  unmask,
} from './operations/messages.ts';
import { attempt, deliveries, events, job, jobs, status } from './operations/reading.ts';
import { evidence, upload } from './operations/transfers.ts';
import {
  createWebhook,
  deadLetters,
  deleteWebhook,
  redeliver,
  rotateSecret,
  webhooks,
} from './operations/webhooks.ts';

/** Raised with the rules of docs/api.md; the major part is that of the path. */
export const API_VERSION = '1.0.0';

export const operations = {
  ...{ status, jobs, job, events, attempt },
  ...{ enrol, share, receive, deliveries, upload, confirm, abort, unmask, attest, approve, refuse },
  ...{ nonce, signIn, refresh, signOut, account, keys, createKey, revokeKey },
  ...{ webhooks, createWebhook, rotateSecret, deadLetters, redeliver, deleteWebhook },
  ...{ evidence, openapi, docs },
} as const;

export type Operations = typeof operations;
export type OperationId = keyof Operations;
