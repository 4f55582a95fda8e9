/** Whose `X-Forwarded-For` is believed, by the policy as it is now. https://expressjs.com/en/guide/behind-proxies.html */
import type { RequestHandler } from 'express';
import type { Limits } from '../../operations/limits.ts';

/** Express compiles the list: that is done once for each list, by which of them it is. */
export function trustedProxies(limits: () => Pick<Limits, 'trustedProxies'>): RequestHandler {
  let told: readonly string[] | null = null;
  return ({ app }, _response, next) => {
    const { trustedProxies: list } = limits();
    if (list !== told) app.set('trust proxy', list);
    told = list;
    next();
  };
}
