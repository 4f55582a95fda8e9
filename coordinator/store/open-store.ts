/** All that a coordinator keeps: its database, embedded or a server's, and the blobs beside it: masked inputs and evidence. */
import type { Blobs } from '../blobs/blobs.ts';
import { systemClock, type Clock } from '../driver/clock.ts';
import { soleDuties, type Duties } from '../driver/duties.ts';
import type { Log } from '../driver/log.ts';
import { claim, claimBlobs, type Owner } from './claim.ts';
import type { Database, Engine } from './database.ts';
import { openEmbedded } from './embedded-database.ts';
import { keptEvidence, openEvidence, type EvidenceBlocks, type KeptEvidence } from './evidence-blocks.ts';
import { openRecords, type JobRecord, type Records } from './records.ts';
import { serverClock } from './server-clock.ts';
import { coordinatorsOn } from './present-coordinators.ts';
import { openServer, type ServerDatabase } from './server-database.ts';
import { ServerDuties, SILENCE_MILLIS, TRY_MILLIS, type Hears } from './server-duties.ts';
import { openVectors, type Vectors } from './vectors.ts';

export type StoreOptions = Readonly<{
  /** Of this coordinator alone. */
  folder: string;
  /** Masked inputs and evidence; coordinators of one database name one and the same place. */
  blobs: Blobs;
  /** A PostgreSQL server's; null for the embedded database in the folder. */
  databaseUrl: string | null;
  prepared: string | undefined;
  owner: Owner;
  /** Of this process, among those of one database. */
  instance: string;
  /** Another clock than the database's. */
  clock: Clock | undefined;
  log: Log;
}>;

export type Store = Readonly<{
  engine: Engine;
  /** For rows of others than the rounds. */
  database: Pick<Database, 'commit' | 'query'>;
  records: Records;
  vectors: Vectors;
  evidence: EvidenceBlocks;
  kept: KeptEvidence;
  duties: Duties;
  clock: Clock;
  /** Coordinators that have this database open now, this one too. */
  coordinators(): Promise<number>;
  /** From now on this coordinator takes duties, and hears what the others do. */
  join(hears: Hears): Promise<void>;
  close(): Promise<void>;
}>;

/** Longer than any upload takes: Node ends a request after five minutes. */
const ABANDONED_SECONDS = 3_600;

/** @throws TributaryError `database/…` */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { databaseUrl, folder, prepared, instance } = options;
  if (databaseUrl !== null) return onServer(await openServer(databaseUrl, `tributary ${instance}`), options);
  const database = await openEmbedded({ folder, prepared });
  return closingOnError(database, async () => ({
    ...(await storeOn(database, options, 0)),
    duties: soleDuties,
    clock: options.clock ?? systemClock,
    coordinators: () => Promise.resolve(1),
    join: () => Promise.resolve(),
    close: () => database.close(),
  }));
}

async function onServer(database: ServerDatabase, options: StoreOptions): Promise<Store> {
  const stopping = new AbortController();
  return closingOnError(database, async () => {
    const duties = new ServerDuties({
      ...{
        connect: database.connect,
        log: options.log,
        tryMillis: TRY_MILLIS,
        silenceMillis: SILENCE_MILLIS,
      },
    });
    return {
      ...(await storeOn(database, options, ABANDONED_SECONDS)),
      duties,
      clock: options.clock ?? (await serverClock(database.query, stopping.signal)),
      coordinators: () => coordinatorsOn(database.query),
      join: (hears) => duties.start(hears),
      async close() {
        stopping.abort();
        await duties.stop();
        await database.close();
      },
    };
  });
}

async function storeOn(database: Database, { blobs, owner }: StoreOptions, partsOlder: number) {
  await claim(database, owner);
  if (database.engine === 'postgresql') await claimBlobs(database, blobs);
  const records = openRecords(database);
  const vectors = openVectors(blobs.inputs);
  await vectors.clean(overAmong(await records.jobs()), partsOlder);
  return {
    engine: database.engine,
    database,
    records,
    vectors,
    evidence: openEvidence(blobs.evidence),
    kept: keptEvidence(blobs.evidence),
  };
}

/**
 * Which attempts are over by these records, and so for ever. One that is later than its job's, or of a job that is not among
 * them, may be what another coordinator has just begun.
 */
export function overAmong(jobs: readonly JobRecord[]) {
  const known = new Map(jobs.map((record) => [record.job, record]));
  return ({ job, round, attempt }: Pick<JobRecord, 'job' | 'round' | 'attempt'>): boolean => {
    const now = known.get(job);
    if (!now) return false;
    return now.state !== 'active' || round < now.round || (round === now.round && attempt < now.attempt);
  };
}

async function closingOnError<T>(database: Database, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    await database.close();
    throw error;
  }
}
