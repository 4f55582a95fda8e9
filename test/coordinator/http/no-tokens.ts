/** For routes of a test on which nobody has to say who asks. */
import type { Guards } from '#coordinator/http/route.ts';

export const noTokens: Guards = {
  authorise: () => Promise.reject(new Error('a token was asked about')),
  limitCaller: [],
  mostBytes: () => Infinity,
};
