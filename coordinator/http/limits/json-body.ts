/** Decodes a JSON body of at most so many bytes, inflated; how many may change while the service runs. */
import express, { type RequestHandler } from 'express';

/** @param mostBytes asked at each request */
export function jsonBody(mostBytes: () => number): RequestHandler {
  let made: Readonly<{ limit: number; decode: RequestHandler }> | null = null;
  return (request, response, next) => {
    const limit = mostBytes();
    if (made?.limit !== limit) made = { limit, decode: express.json({ limit, strict: false }) };
    return made.decode(request, response, next);
  };
}
