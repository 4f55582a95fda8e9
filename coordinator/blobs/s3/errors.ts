/** What failures of a bucket mean. https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
import { TributaryError } from '#crypto/error.ts';

const forbidden = new Set([
  ...[
    'AccessDenied',
    'AllAccessDisabled',
    'AccountProblem',
    'ExpiredToken',
    'InvalidAccessKeyId',
    'InvalidToken',
  ],
  ...['SignatureDoesNotMatch', 'RequestTimeTooSkewed', 'Forbidden', '403'],
]);

/**
 * Of none of our own: a code an operator can act on. Whatever passes by itself is `storage/unreachable`.
 *
 * @param where of the place, without credentials
 */
export function s3Error(error: unknown, where: string): unknown {
  if (error instanceof TributaryError) return error;
  const [name, status] = [nameOf(error), statusOf(error)];
  const coded = (code: string, message: string) =>
    new TributaryError(code, `${where}: ${message}`, { cause: error });
  if (name === 'CredentialsProviderError')
    return coded(
      'storage/no-credentials',
      'no credentials were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile',
    );
  if (name === 'NoSuchBucket')
    return coded('storage/no-bucket', 'there is no such bucket: make it, or correct --blobs');
  if (forbidden.has(name) || status === 401 || status === 403)
    return coded(
      'storage/forbidden',
      `the bucket's server refuses these credentials (${status ?? name}): correct them, or what they may do`,
    );
  if (status === 301 || name === 'PermanentRedirect' || name === 'AuthorizationHeaderMalformed')
    return coded('storage/bad-url', 'the bucket is in another region: correct region in --blobs');
  return coded(
    'storage/unreachable',
    `the bucket's server gives no answer that helps now (${status ?? name})`,
  );
}

export const isMissing = (error: unknown): boolean =>
  nameOf(error) === 'NoSuchKey' || nameOf(error) === 'NotFound' || statusOf(error) === 404;

/** Somebody was faster. */
export const isTaken = (error: unknown): boolean => statusOf(error) === 412 || statusOf(error) === 409;

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'unknown');

/** Of the answer; null where none came. */
export function statusOf(error: unknown): number | null {
  if (typeof error !== 'object' || error === null || !('$metadata' in error)) return null;
  const { httpStatusCode } = error.$metadata as Readonly<{ httpStatusCode?: number }>;
  return httpStatusCode ?? null;
}
