/** What owner and buyer say of challenges: whether their watch sends any, and for how much. protocol.md §5.6 */
import type { ChallengeRules } from '#contracts/postings/challenge.ts';

export type ChallengeOptions = Readonly<{ challenge: boolean; maxBond?: bigint }>;

export const challengeRules = ({ challenge, maxBond }: ChallengeOptions): ChallengeRules => ({
  automatic: challenge,
  maximumBond: maxBond ?? null,
});
