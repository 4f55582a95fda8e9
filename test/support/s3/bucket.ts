/** What a test's bucket holds, and the calls that it answers. https://docs.aws.amazon.com/AmazonS3/latest/API/Welcome.html */
import { createHash, randomUUID } from 'node:crypto';

export type Asked = Readonly<{
  method: string;
  key: string;
  query: URLSearchParams;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: Uint8Array;
}>;
export type Answer = Readonly<{
  status: number;
  body?: string | Uint8Array;
  headers?: Record<string, string>;
}>;

type Uploading = { key: string; begun: Date; parts: Map<number, Uint8Array> };

const md5 = (of: Uint8Array) => createHash('md5').update(of).digest('hex');
const sha256 = (of: Uint8Array) => createHash('sha256').update(of).digest('base64');
const tag = (name: string, ...inside: string[]): string => `<${name}>${inside.join('')}</${name}>`;
const xml = (name: string, ...inside: string[]): Answer => ({
  status: 200,
  headers: { 'content-type': 'application/xml' },
  body: `<?xml version="1.0" encoding="UTF-8"?>${tag(name, ...inside)}`,
});
export const refusal = (status: number, code: string): Answer => ({
  ...xml('Error', tag('Code', code), tag('Message', code)),
  status,
});
const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
const allOf = (text: string, name: string): string[] =>
  [...text.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, inside]) => inside ?? '');

export class TestBucket {
  readonly objects = new Map<string, Uint8Array>();
  readonly uploads = new Map<string, Uploading>();
  readonly #pageKeys: number;

  /** @param pageKeys a listing has so many at most */
  constructor(pageKeys: number) {
    this.#pageKeys = pageKeys;
  }

  answer(asked: Asked): Answer {
    const { method, key, query, headers, body } = asked;
    const said = headers['x-amz-checksum-sha256'];
    if (said !== undefined && said !== sha256(body)) return refusal(400, 'XAmzContentChecksumMismatch');
    if (key === '') return this.#ofBucket(method, query, body);
    if (query.has('uploads') || query.has('uploadId')) return this.#inParts(asked);
    switch (method) {
      case 'PUT':
        if (said === undefined) return refusal(400, 'InvalidRequest');
        if (headers['if-none-match'] === '*' && this.objects.has(key))
          return refusal(412, 'PreconditionFailed');
        this.objects.set(key, body);
        return { status: 200, headers: { etag: `"${md5(body)}"`, 'x-amz-checksum-sha256': sha256(body) } };
      case 'DELETE':
        this.objects.delete(key);
        return { status: 204 };
      default:
        return this.#get(key);
    }
  }

  #get(key: string): Answer {
    const found = this.objects.get(key);
    if (!found) return refusal(404, 'NoSuchKey');
    return {
      status: 200,
      body: found,
      headers: { etag: `"${md5(found)}"`, 'x-amz-checksum-sha256': sha256(found) },
    };
  }

  #ofBucket(method: string, query: URLSearchParams, body: Uint8Array): Answer {
    if (method === 'HEAD') return { status: 200 };
    if (query.has('delete')) {
      for (const key of allOf(new TextDecoder().decode(body), 'Key')) this.objects.delete(key);
      return xml('DeleteResult');
    }
    return query.has('uploads') ? this.#listUploads(query) : this.#list(query);
  }

  /** Objects and folders in one order, a page at a time. */
  #list(query: URLSearchParams): Answer {
    const prefix = query.get('prefix') ?? '';
    const after = query.get('continuation-token') ?? '';
    const entries = new Set<string>();
    for (const key of [...this.objects.keys()].filter((one) => one.startsWith(prefix)).sort()) {
      const slash = query.get('delimiter') === '/' ? key.indexOf('/', prefix.length) : -1;
      entries.add(slash < 0 ? key : key.slice(0, slash + 1));
    }
    const left = [...entries].filter((entry) => entry > after);
    const page = left.slice(0, this.#pageKeys);
    const more = left.length > page.length;
    return xml(
      'ListBucketResult',
      tag('IsTruncated', String(more)),
      more ? tag('NextContinuationToken', escaped(page.at(-1) ?? '')) : '',
      ...page.map((entry) =>
        entry.endsWith('/')
          ? tag('CommonPrefixes', tag('Prefix', escaped(entry)))
          : tag('Contents', tag('Key', escaped(entry)), tag('Size', String(this.objects.get(entry)?.length))),
      ),
    );
  }

  #listUploads(query: URLSearchParams): Answer {
    const found = [...this.uploads].filter(([, { key }]) => key.startsWith(query.get('prefix') ?? ''));
    return xml(
      'ListMultipartUploadsResult',
      ...found.map(([id, { key, begun }]) =>
        tag('Upload', tag('Key', escaped(key)), tag('UploadId', id), tag('Initiated', begun.toISOString())),
      ),
    );
  }

  #inParts({ method, key, query, headers, body }: Asked): Answer {
    if (query.has('uploads')) {
      const id = randomUUID();
      this.uploads.set(id, { key, begun: new Date(), parts: new Map() });
      return xml('InitiateMultipartUploadResult', tag('UploadId', id));
    }
    const id = query.get('uploadId') ?? '';
    const upload = this.uploads.get(id);
    if (upload?.key !== key) return refusal(404, 'NoSuchUpload');
    if (method === 'PUT') {
      if (headers['x-amz-checksum-sha256'] === undefined) return refusal(400, 'InvalidRequest');
      upload.parts.set(Number(query.get('partNumber')), body);
      return { status: 200, headers: { etag: `"${md5(body)}"`, 'x-amz-checksum-sha256': sha256(body) } };
    }
    this.uploads.delete(id);
    if (method === 'DELETE') return { status: 204 };
    const wanted = new TextDecoder().decode(body);
    const parts = [...upload.parts].sort(([a], [b]) => a - b).map(([, bytes]) => bytes);
    const same = allOf(wanted, 'ChecksumSHA256').join() === parts.map(sha256).join();
    if (!same || parts.slice(0, -1).some(({ length }) => length < 5 * 1024 * 1024))
      return refusal(400, 'InvalidPart');
    this.objects.set(key, Buffer.concat(parts));
    return xml('CompleteMultipartUploadResult', tag('Key', escaped(key)));
  }
}
