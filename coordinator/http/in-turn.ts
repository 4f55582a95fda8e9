/** Handlers one after the other, as one: before each of its own Express looks at the path again, for every request. */
import type { RequestHandler } from 'express';

/** @param handlers that return nothing: what one throws, or says by `next`, is told as its own */
export const inTurn =
  (...handlers: readonly RequestHandler[]): RequestHandler =>
  (request, response, next) => {
    const from = (at: number): void => {
      const handler = handlers[at];
      if (!handler) return next();
      void handler(request, response, (said?: unknown) => (said === undefined ? from(at + 1) : next(said)));
    };
    from(0);
  };
