/** Puts operations on their routes: no handler sees what its operation's schemas do not admit. protocol.md §4.1 */
import type { Express, RequestHandler } from 'express';
import { TributaryError } from '#crypto/error.ts';
import type { Operation } from '#protocol/http/operations/operation.ts';
import type { Authorise } from '../access/authorise.ts';
import { send, type Answered } from './answered.ts';
import { askedOf, type Asked } from './asked.ts';
import { callerOf } from './authorisation.ts';
import { announceDeprecation } from './deprecation.ts';
import { jsonBody } from './limits/json-body.ts';
import { callerOfResponse, noteCaller } from './limits/callers.ts';
import { assertAcceptable, assertTaken } from './media-types.ts';
import { noteOperation } from './operation-of.ts';

export type Handler<O extends Operation> = (asked: Asked<O>) => Answered<O> | Promise<Answered<O>>;

/** A handler for each operation, no more and no fewer. */
export type Handlers<Operations extends Readonly<Record<string, Operation>>> = {
  readonly [Id in keyof Operations]: Handler<Operations[Id]>;
};

/** What stands before every handler. */
export type Guards = Readonly<{
  authorise: Authorise;
  /** Once it is known who asks, before the body is read. */
  limitCaller: readonly RequestHandler[];
  /** Of a JSON body, inflated, whatever its operation admits: asked at each request. */
  mostBytes: () => number;
}>;

export function routeAll<Operations extends Readonly<Record<string, Operation>>>(
  app: Express,
  operations: Operations,
  handlers: Handlers<Operations>,
  guards: Guards,
): void {
  for (const id of Object.keys(operations) as (keyof Operations)[])
    route(app, String(id), operations[id] as Operations[typeof id], handlers[id], guards);
  for (const path of new Set(Object.values(operations).map((operation) => operation.path)))
    refuseOtherMethods(app, operations, path);
}

function route<O extends Operation>(
  app: Express,
  id: string,
  operation: O,
  handler: Handler<O>,
  { authorise, limitCaller, mostBytes }: Guards,
): void {
  const { body } = operation;
  const prepare: RequestHandler = async (request, response, next) => {
    noteOperation(response, id);
    if (operation.deprecated) announceDeprecation(operation.deprecated, response);
    assertAcceptable(operation, request);
    assertTaken(operation, request, response);
    // Before its body: who may not ask fills no memory.
    const caller = await callerOf(operation, authorise, request, response);
    if (caller) noteCaller(response, caller);
    next();
  };
  const decode = body.kind === 'json' ? [jsonBody(() => Math.min(body.limitBytes, mostBytes()))] : [];
  const guards = [prepare, ...limitCaller, ...decode];
  app[operation.method](pathOf(operation.path), ...guards, async (request, response) => {
    const answered = await handler(askedOf(operation, callerOfResponse(response), request, response));
    await send(operation, answered, request, response);
  });
}

/** RFC 9110 §15.5.6. `OPTIONS` is no exception: a browser's preflight gets no leave (Fetch §4.8). */
function refuseOtherMethods(
  app: Express,
  operations: Readonly<Record<string, Operation>>,
  path: string,
): void {
  const methods = Object.values(operations)
    .filter((operation) => operation.path === path)
    .flatMap(({ method }) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]));
  app.all(pathOf(path), (request, response) => {
    response.set('allow', methods.join(', '));
    throw new TributaryError(
      'request/method-not-allowed',
      `${request.path} takes no ${request.method}, but ${methods.join(' and ')}`,
    );
  });
}

/** As Express writes a path's parameters. */
const pathOf = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ':$1');
