/** All checks, in the order in which an audit asks them. protocol.md §6 */
import type { Check } from './check.ts';
import { roundBlocks, termsBlocks } from './checks/blocks.ts';
import { claimedHead } from './checks/claimed-head.ts';
import { claims } from './checks/claims.ts';
import { cohortOwners } from './checks/cohort-owners.ts';
import { cohortPolicy } from './checks/cohort-policy.ts';
import { cohortSize } from './checks/cohort-size.ts';
import { evidenceAgrees } from './checks/evidence-agrees.ts';
import { evidenceInputs } from './checks/evidence-inputs.ts';
import { evidenceMessages } from './checks/evidence-messages.ts';
import { evidenceRoot } from './checks/evidence-root.ts';
import { evidenceSecrets } from './checks/evidence-secrets.ts';
import { graph } from './checks/graph.ts';
import { head } from './checks/head.ts';
import { jobOnChain } from './checks/job-on-chain.ts';
import { leaves } from './checks/leaves.ts';
import { manifest } from './checks/manifest.ts';
import { modelBefore } from './checks/model-before.ts';
import { money } from './checks/money.ts';
import { optimiserBefore } from './checks/optimiser-before.ts';
import { participants } from './checks/participants.ts';
import { policies } from './checks/policies.ts';
import { previous } from './checks/previous.ts';
import { roster } from './checks/roster.ts';
import { sum } from './checks/sum.ts';
import { terms } from './checks/terms.ts';
import { transition } from './checks/transition.ts';
import { units } from './checks/units.ts';
import { weights } from './checks/weights.ts';

export const checks: readonly Check[] = [
  // 1: chain and hash links
  jobOnChain,
  head,
  claimedHead,
  terms,
  manifest,
  previous,
  modelBefore,
  optimiserBefore,
  termsBlocks,
  roundBlocks,
  // 2: signatures, access tokens, policies
  units,
  policies,
  roster,
  graph,
  cohortSize,
  cohortOwners,
  cohortPolicy,
  weights,
  // 3: the model transition
  transition,
  // 4: the aggregate from evidence
  evidenceRoot,
  evidenceAgrees,
  evidenceMessages,
  evidenceSecrets,
  evidenceInputs,
  sum,
  // 5: payouts, against the chain
  participants,
  leaves,
  claims,
  money,
];
