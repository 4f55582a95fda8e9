/**
 * The few calls to a bucket: each with bounded time and tries, each body with a SHA-256 that the server checks before it acknowledges.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/Welcome.html
 */
import type { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { isMissing, isTaken, s3Error, statusOf } from './errors.ts';
import type { S3Place } from './url.ts';

const CONNECT_MILLIS = 3_000;
/** Of one try: a part of 8 MiB on a line of 2 Mbit/s. */
const ANSWER_MILLIS = 40_000;
const ATTEMPTS = 3;
/** Of a small call with all its tries. */
const CALL_MILLIS = 60_000;
/** So much is in memory of each upload; longer ones go in parts. */
const PART_BYTES = 8 * 1024 * 1024;
/** What `DeleteObjects` takes. */
const MOST_DELETED = 1_000;

export type Listed = Readonly<{ key: string; bytes: number }>;
export type Page = Readonly<{ objects: Listed[]; folders: string[] }>;
export type Bucket = ReturnType<typeof openBucket>;

export function openBucket(place: S3Place) {
  const { bucket: Bucket, endpoint, region } = place;
  const where = `s3://${Bucket}/${place.prefix}`;
  // It says in each process from when on it will ask for another Node; package.json says which it is tried with.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const client = new S3Client({
    maxAttempts: ATTEMPTS,
    requestHandler: {
      connectionTimeout: CONNECT_MILLIS,
      requestTimeout: ANSWER_MILLIS,
      throwOnRequestTimeout: true,
    },
    ...(region !== null && { region }),
    ...(endpoint !== null && { endpoint, forcePathStyle: true }),
  });
  const soon = () => ({ abortSignal: AbortSignal.timeout(CALL_MILLIS) });
  async function coded<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw s3Error(error, where);
    }
  }
  /** Null where there is none. */
  const found = <T>(call: () => Promise<T>): Promise<T | null> =>
    coded(async () => {
      try {
        return await call();
      } catch (error) {
        if (isMissing(error) && !(error instanceof Error && error.name === 'NoSuchBucket')) return null;
        throw error;
      }
    });

  return {
    where,
    /** For messages. */
    urlOf: (key: string): string => `s3://${Bucket}/${key}`,

    /** @throws TributaryError `storage/no-bucket`, and those of `s3Error` */
    look: () =>
      coded(async () => {
        try {
          await client.send(new HeadBucketCommand({ Bucket }), soon());
        } catch (error) {
          throw namedByStatus(error);
        }
      }),

    /** @returns whether it was new; an object that is there stays as it is */
    putNew: (Key: string, Body: Uint8Array): Promise<boolean> =>
      coded(async () => {
        try {
          const put = { Bucket, Key, Body, IfNoneMatch: '*', ChecksumAlgorithm: 'SHA256' as const };
          await client.send(new PutObjectCommand(put), soon());
          return true;
        } catch (error) {
          if (isTaken(error)) return false;
          throw error;
        }
      }),

    put: (Key: string, Body: Uint8Array): Promise<unknown> =>
      coded(() =>
        client.send(new PutObjectCommand({ Bucket, Key, Body, ChecksumAlgorithm: 'SHA256' }), soon()),
      ),

    /** In parts; where it fails, none of them is left. */
    async upload(Key: string, Body: Readable): Promise<void> {
      const params = { Bucket, Key, Body, ChecksumAlgorithm: 'SHA256' as const };
      await coded(() => new Upload({ client, params, partSize: PART_BYTES, queueSize: 1 }).done());
    },

    get: (Key: string): Promise<Uint8Array | null> =>
      found(async () => {
        const { Body } = await client.send(
          new GetObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }),
          soon(),
        );
        return (await Body?.transformToByteArray()) ?? new Uint8Array();
      }),

    has: async (Key: string): Promise<boolean> =>
      (await found(() => client.send(new HeadObjectCommand({ Bucket, Key }), soon()))) !== null,

    async *list(Prefix: string): AsyncGenerator<Page, void, undefined> {
      let token: string | undefined;
      do {
        const asked = { Bucket, Prefix, Delimiter: '/', ContinuationToken: token };
        const page = await coded(() => client.send(new ListObjectsV2Command(asked), soon()));
        yield {
          objects: (page.Contents ?? []).map(({ Key = '', Size = 0 }) => ({ key: Key, bytes: Size })),
          folders: (page.CommonPrefixes ?? []).flatMap(({ Prefix: folder }) => folder ?? []),
        };
        token = page.NextContinuationToken;
      } while (token !== undefined);
    },

    remove: (Key: string): Promise<unknown> =>
      found(() => client.send(new DeleteObjectCommand({ Bucket, Key }), soon())),

    async removeAll(keys: readonly string[]): Promise<void> {
      for (let at = 0; at < keys.length; at += MOST_DELETED) {
        const Objects = keys.slice(at, at + MOST_DELETED).map((Key) => ({ Key }));
        const { Errors = [] } = await coded(() =>
          client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }), soon()),
        );
        const [failed] = Errors;
        if (failed) throw s3Error(Object.assign(new Error(failed.Message), { name: failed.Code }), where);
      }
    },

    /** Gives up uploads in parts that nobody goes on with. */
    async abandon(Prefix: string, olderSeconds: number): Promise<void> {
      const before = Date.now() - olderSeconds * 1_000;
      const { Uploads = [] } = await coded(() =>
        client.send(new ListMultipartUploadsCommand({ Bucket, Prefix }), soon()),
      );
      for (const { Key, UploadId, Initiated } of Uploads) {
        if (olderSeconds > 0 && (Initiated?.getTime() ?? 0) > before) continue;
        await found(() => client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }), soon()));
      }
    },

    close: () => client.destroy(),
  };
}

/** An answer to HEAD has no body that would say it by name. */
function namedByStatus(error: unknown): unknown {
  const status = statusOf(error);
  const name = status === 404 ? 'NoSuchBucket' : status === 400 ? 'AuthorizationHeaderMalformed' : null;
  return name === null ? error : Object.assign(new Error(name, { cause: error }), { name });
}
