/** What the routes stand on. */
import type { JobView } from '#protocol/attempt-view.ts';
import type { Address } from '#protocol/units.ts';
import type { Access } from '../access/access.ts';
import type { Clock } from '../driver/clock.ts';
import type { JobDriver } from '../driver/job-driver.ts';
import type { Log } from '../driver/log.ts';
import type { CheckApproval } from '../settlement/approval.ts';
import type { Engine } from '../store/database.ts';
import type { EvidenceBlocks } from '../store/evidence-blocks.ts';
import type { EventRows } from '../store/job-events.ts';
import type { Records } from '../store/records.ts';
import type { Vectors } from '../store/vectors.ts';
import type { Webhooks } from '../webhooks/webhooks.ts';
import type { Limits } from './limits/limits.ts';
import type { BodyRate } from './limits/slow-bodies.ts';

export type HttpParts = Readonly<{
  jobs: Readonly<{
    list(): JobView[];
    /** @throws TributaryError `job/unknown` */
    driver(job: number): JobDriver;
  }>;
  records: Pick<Records, 'deliveries'>;
  events: EventRows;
  vectors: Vectors;
  evidence: EvidenceBlocks;
  checkApproval: CheckApproval;
  access: Access;
  webhooks: Webhooks;
  clock: Clock;
  limits?: Limits;
  bodyRate?: BodyRate;
  log: Log;
  /** What `/v1/status` says of this coordinator beside its jobs. */
  identity: Readonly<{
    chainId: number;
    escrow: Address;
    coordinator: Address;
    /** Of this process: several may answer at one URL. */
    instance: string;
    database: Engine;
  }>;
}>;
