/**
 * Requests and responses that are an application's own from the first. Express gives each of them its prototype when it comes, and V8 gives
 * an object of another prototype a shape of its own with whatever is set on it next: no property of any request is then found by an
 * inline cache, and a request costs this thread a tenth of a millisecond more. docs/decisions/0034
 */
import { IncomingMessage, ServerResponse, type ServerOptions } from 'node:http';
import type { Express } from 'express';

export type Classes = Required<Pick<ServerOptions, 'IncomingMessage' | 'ServerResponse'>>;

/** For the server that the application is behind. What Express sets on each is from now on what it has. */
export function classesOf(app: Express): Classes {
  class AppRequest extends IncomingMessage {}
  class AppResponse<R extends IncomingMessage> extends ServerResponse<R> {}
  Object.setPrototypeOf(AppRequest.prototype, app.request);
  Object.setPrototypeOf(AppResponse.prototype, app.response);
  Object.assign(app, { request: AppRequest.prototype, response: AppResponse.prototype });
  return { IncomingMessage: AppRequest, ServerResponse: AppResponse };
}
