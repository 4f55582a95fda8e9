/** What the routes stand on. */
import type { JobView } from '#protocol/attempt-view.ts';
import type { Address } from '#protocol/units.ts';
import type { Access } from '../access/access.ts';
import type { Clock } from '../driver/clock.ts';
import type { JobDriver } from '../driver/job-driver.ts';
import type { CheckApproval } from '../settlement/approval.ts';
import type { RecoverAhead } from '../signatures/ahead.ts';
import type { Engine } from '../store/database.ts';
import type { EvidenceBlocks } from '../store/evidence-blocks.ts';
import type { EventRows } from '../store/job-events.ts';
import type { Records } from '../store/records.ts';
import type { Room } from '../storage/room.ts';
import type { Vectors } from '../store/vectors.ts';
import type { KeptPolicy } from '../operations/keep.ts';
import type { Ledger } from '../quotas/ledger.ts';
import type { Webhooks } from '../webhooks/webhooks.ts';
import type { BodyRate } from './limits/slow-bodies.ts';
import type { RefusalLog } from './refusal-log.ts';

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
  /** Whether there is room for what a round brings; without one, it is found out as it comes. */
  room?: Pick<Room, 'lacking'>;
  checkApproval: CheckApproval;
  /** Recovers signers before messages are judged; without it the judgement does. */
  signers?: Pick<RecoverAhead, 'recover'>;
  access: Access;
  webhooks: Webhooks;
  clock: Clock;
  /** Asked at each request: it may change. */
  policy: Pick<KeptPolicy, 'current'>;
  /** Coordinators that serve on this database now, this one too. */
  coordinators: () => number;
  /** Whether it takes on no job. */
  isDraining: () => boolean;
  ledger: Pick<Ledger, 'used' | 'add'>;
  bodyRate?: BodyRate;
  /** Of requests that are refused or fail. */
  log: RefusalLog;
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
