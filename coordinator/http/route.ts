/** Puts operations on their routes: no handler sees what its operation's schemas do not admit. protocol.md §4.1 */
import express, { type Express, type Request, type RequestHandler } from 'express';
import { TributaryError } from '#crypto/error.ts';
import type { Operation } from '#protocol/http/operations/operation.ts';
import type { Authorise, Caller } from '../access/authorise.ts';
import { send, type Answered } from './answered.ts';
import { askedOf, type Asked } from './asked.ts';
import { callerOf } from './authorisation.ts';
import { announceDeprecation } from './deprecation.ts';
import { assertAcceptable, assertTaken } from './media-types.ts';
import { noteOperation } from './operation-of.ts';

export type Handler<O extends Operation> = (asked: Asked<O>) => Answered<O> | Promise<Answered<O>>;

/** A handler for each operation, no more and no fewer. */
export type Handlers<Operations extends Readonly<Record<string, Operation>>> = {
  readonly [Id in keyof Operations]: Handler<Operations[Id]>;
};

export function routeAll<Operations extends Readonly<Record<string, Operation>>>(
  app: Express,
  operations: Operations,
  handlers: Handlers<Operations>,
  authorise: Authorise,
): void {
  for (const id of Object.keys(operations) as (keyof Operations)[])
    route(app, String(id), operations[id] as Operations[typeof id], handlers[id], authorise);
  for (const path of new Set(Object.values(operations).map((operation) => operation.path)))
    refuseOtherMethods(app, operations, path);
}

function route<O extends Operation>(
  app: Express,
  id: string,
  operation: O,
  handler: Handler<O>,
  authorise: Authorise,
): void {
  const { body } = operation;
  const callers = new WeakMap<Request, Caller>();
  const prepare: RequestHandler = async (request, response, next) => {
    noteOperation(response, id);
    if (operation.deprecated) announceDeprecation(operation.deprecated, response);
    assertAcceptable(operation, request);
    assertTaken(operation, request, response);
    // Before its body: who may not ask fills no memory.
    const caller = await callerOf(operation, authorise, request, response);
    if (caller) callers.set(request, caller);
    next();
  };
  const decode = body.kind === 'json' ? [express.json({ limit: body.limitBytes, strict: false })] : [];
  app[operation.method](pathOf(operation.path), prepare, ...decode, async (request, response) => {
    const answered = await handler(askedOf(operation, callers.get(request) ?? null, request, response));
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
