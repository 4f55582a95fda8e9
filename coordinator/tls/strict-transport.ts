/** Tells browsers to come by TLS alone, for a year: RFC 6797 §6.1. Subdomains are not this service's to speak for. */
import type { RequestListener } from 'node:http';

const YEAR_SECONDS = 31_536_000;

export const strictTransport =
  (next: RequestListener): RequestListener =>
  (request, response) => {
    response.setHeader('strict-transport-security', `max-age=${YEAR_SECONDS}`);
    next(request, response);
  };
