/** Whose address a request counts against. */
import type { Request } from 'express';
import { ipKeyGenerator } from 'express-rate-limit';

/** What one subscriber has at least: RFC 6177. */
const IPV6_PREFIX = 64;

export const addressOf = ({ ip }: Pick<Request, 'ip'>): string => ipKeyGenerator(ip ?? 'gone', IPV6_PREFIX);
