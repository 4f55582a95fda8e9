/** For routes of a test on which nobody has to say who asks. */
import type { Authorise } from '#coordinator/access/authorise.ts';

export const noTokens: Authorise = () => Promise.reject(new Error('a token was asked about'));
