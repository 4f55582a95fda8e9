/** `s3://bucket/prefix?endpoint=…&region=…`: where a bucket is. Never whose key opens it: that is the environment's to say. */
import { TributaryError } from '#crypto/error.ts';

export type S3Place = Readonly<{
  bucket: string;
  /** Empty, or with a slash at its end. */
  prefix: string;
  /** Null for AWS's own. */
  endpoint: string | null;
  /** Null: by the environment. */
  region: string | null;
}>;

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const PREFIX = /^[\w.-]+(\/[\w.-]+)*$/;
const REGION = /^[a-z0-9-]{1,40}$/;

/** @throws TributaryError `storage/bad-url`; what the URL says is in no message, for a secret may stand in it */
export function parseS3(text: string): S3Place {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol !== 's3:') throw badUrl('it is no URL');
  if (url.username !== '' || url.password !== '')
    throw badUrl('credentials do not belong there: give them by AWS_ACCESS_KEY_ID or a profile');
  const { endpoint = null, region = null, ...more } = Object.fromEntries(url.searchParams);
  if (Object.keys(more).length > 0 || url.hash !== '')
    throw badUrl('it takes endpoint and region, nothing else');
  if (!BUCKET.test(url.hostname)) throw badUrl('its bucket is not named as buckets are');
  const path = url.pathname.replaceAll(/^\/|\/$/g, '');
  if (path !== '' && !PREFIX.test(path))
    throw badUrl('its prefix is words of letters, digits, dots and dashes, with slashes between');
  if (region !== null && !REGION.test(region)) throw badUrl('its region is not named as regions are');
  return {
    bucket: url.hostname,
    prefix: path === '' ? '' : `${path}/`,
    endpoint: endpoint === null ? null : parseEndpoint(endpoint),
    region,
  };
}

function parseEndpoint(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') throw badUrl('its endpoint is no http(s) URL');
  const plain = url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (!plain) throw badUrl('its endpoint is scheme, host and port, and no credentials');
  return url.href;
}

const badUrl = (why: string): TributaryError =>
  new TributaryError(
    'storage/bad-url',
    `the place of inputs and evidence is given as s3://BUCKET/PREFIX?endpoint=URL&region=NAME; ${why}`,
  );
