/** What an honest coordinator makes of a round's messages. */
import { clampedSecret } from '#crypto/agreement.ts';
import type { Bench } from './cohort.ts';
import { SecretRecovery } from '#crypto/recovery.ts';
import { decodeShare } from '#crypto/shamir.ts';
import { fromHex, toHex } from '#crypto/bytes.ts';
import { putBlob } from '#datasets/blob.ts';
import { writeBlock } from '#datasets/read-block.ts';
import { sumFromEvidence } from '#model/evidence-sum.ts';
import { digestHex, type Model } from '#model/model-store.ts';
import { roundResult, type PreviousRound, type RoundResult } from '#model/round-result.ts';
import type { Proposal } from '#protocol/attempt-view.ts';
import { contextOf } from '#protocol/job-id.ts';
import type { Evidence } from '#protocol/manifests.ts';
import type { SeatPrice } from '#protocol/rules/payouts.ts';
import { buildRoster, type Sparse } from '#protocol/rules/roster.ts';
import { toSeconds, type Bytes32 } from '#protocol/units.ts';
import { domain } from '#test/support/cohort.ts';
import { seatPrices } from '#test/support/lineage.ts';

/** What a sparse attempt's roster needs, and a job of other seats. */
type SparseJob = Readonly<{ sparse?: Sparse | null; seats?: readonly SeatPrice[] }>;

/** What an honest coordinator proposes after unmasking. The evidence's blocks go into the job's store. */
export async function proposalOf(
  { lineage, coordinator }: Pick<Bench, 'lineage' | 'coordinator'>,
  before: Model = lineage.initial,
  previous: PreviousRound | null = null,
  { sparse = null, seats = seatPrices }: SparseJob = {},
): Promise<{ proposal: Proposal; evidence: Evidence; result: RoundResult }> {
  const { store, job } = lineage;
  const roster = buildRoster(domain, coordinator.enrolments, sparse);
  const survived = new Set(coordinator.inputs.map(({ message }) => message.member));
  const recovery = new SecretRecovery(contextOf(domain, coordinator.id), roster.threshold);
  const secrets = coordinator.shares.map(({ message }) => {
    const { member } = message;
    const revealed = coordinator.unmaskings.flatMap((upload) =>
      upload.shares
        .filter((share) => share.member === member)
        .map(({ y }) => ({ x: upload.message.member + 1, y: decodeShare(fromHex(y)) })),
    );
    const kind = survived.has(member) ? ('seed' as const) : ('mask' as const);
    const secret =
      kind === 'seed'
        ? recovery.seed(member, revealed, fromHex(message.seedDigest))
        : clampedSecret(recovery.maskSecret(member, revealed, roster.members[member]!.maskKey));
    return { member, kind, value: toHex(secret) as Bytes32 };
  });
  const inputs = [];
  for (const { message, signature } of coordinator.inputs) {
    inputs.push({
      message,
      signature,
      vector: await putBlob(store, coordinator.vectors.get(message.member)!),
    });
  }
  const shares = coordinator.shares.map(({ message, signature }) => ({ message, signature }));
  const evidence: Evidence = {
    kind: 'tributary/evidence',
    version: 1,
    ...domain,
    ...coordinator.id,
    roster: [...roster.enrolments],
    shares,
    inputs,
    confirmations: coordinator.confirmations,
    secrets,
  };
  const evidenceCid = await writeBlock(store, evidence);
  const frame = { domain, id: coordinator.id, roster };
  const sum = await sumFromEvidence(store, frame, evidence, job, before.digest);
  const result = await roundResult(store, {
    job,
    seats,
    bonusPool: 900n,
    id: coordinator.id,
    roster,
    sharers: shares.map(({ message }) => message.member),
    inputs: coordinator.inputs,
    evidence: digestHex(evidenceCid),
    sum,
    before,
    previous,
  });
  return {
    evidence,
    result,
    proposal: {
      manifest: result.digest,
      payoutRoot: result.payouts.root,
      total: result.payouts.total,
      participants: result.participants,
      deadline: toSeconds(2_000_000_000),
      evidence: digestHex(evidenceCid),
    },
  };
}
