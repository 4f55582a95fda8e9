/** A bucket that is away, wrong or damaged on the way: each says by its code what is to be done, and nothing half is kept. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { readCoordinatorStorage } from '#cli/coordinator-storage.ts';
import { checkBlobs } from '#cli/doctor/blobs.ts';
import type { Blobs } from '#coordinator/blobs/blobs.ts';
import { openBlobs } from '#coordinator/blobs/open.ts';
import { openVectors } from '#coordinator/store/vectors.ts';
import { TributaryError } from '#crypto/error.ts';
import { cohort } from '#test/support/cohort.ts';
import { refusal, type Asked } from '#test/support/s3/bucket.ts';
import { startS3, withEnvironment, type TestS3 } from '#test/support/s3/server.ts';
import { codeOf } from '../code-of.ts';
import { honestly } from '../fixtures.ts';
import { serve } from '../http/service.ts';
import { newFolder, removeFolder } from '../store/folder.ts';

const members = cohort({ n: 3 });
const { id } = members;
const bytes = Uint8Array.of(1, 2, 3);
const large = new Uint8Array(17 * 1024 * 1024).fill(7);

describe('a bucket that fails', function () {
  this.timeout(60_000);
  let server: TestS3;
  let home: string;
  let blobs: Blobs;
  before(async () => {
    server = await startS3();
    home = await newFolder();
    blobs = await openBlobs(server.url, home);
  });
  after(async () => {
    await blobs.close();
    await server.stop();
    await removeFolder(home);
  });
  afterEach(() => {
    server.failing();
    server.bucket.objects.clear();
  });

  async function* stream(of: Uint8Array): AsyncGenerator<Uint8Array> {
    yield of;
  }
  const open = (changes: Readonly<Record<string, string>>, url = server.url) => {
    const restore = withEnvironment(changes);
    return openBlobs(url, home).finally(restore);
  };
  const isPut = ({ method }: Asked) => method === 'PUT';

  it('is refused at the start: the key, the bucket, the region, no key at all, nobody there', async () => {
    const nowhere = { AWS_SHARED_CREDENTIALS_FILE: join(home, 'none'), AWS_CONFIG_FILE: join(home, 'none') };
    const nobody = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_EC2_METADATA_DISABLED: 'true' };
    const codes = [
      await codeOf(open({ AWS_SECRET_ACCESS_KEY: 'another' })),
      await codeOf(open({ AWS_ACCESS_KEY_ID: 'another' })),
      await codeOf(open({}, server.url.replace('tributary-test', 'tributary-none'))),
      await codeOf(open({}, server.url.replace('eu-test-1', 'eu-test-2'))),
      await codeOf(open({ ...nowhere, ...nobody })),
      await codeOf(open({}, server.url.replace(/127\.0\.0\.1:\d+/, '127.0.0.1:1'))),
    ];
    expect(codes).to.deep.equal([
      ...['storage/forbidden', 'storage/forbidden', 'storage/no-bucket', 'storage/bad-url'],
      ...['storage/no-credentials', 'storage/unreachable'],
    ]);
  });

  it('is found by the doctor of a home, which says what to do and no credentials', async () => {
    const check = (url?: string) => checkBlobs({ home }, url === undefined ? {} : { TRIBUTARY_BLOBS: url });
    expect([await check(), await check('/srv/tributary')]).to.deep.equal([null, null]);
    const seen = 's3://tributary-test/kept/here/ lets this machine in';
    expect(await check(server.url)).to.deep.include({ verdict: 'ok', seen });
    expect(readCoordinatorStorage({ home }, server.url, {}).blobs).to.equal(server.url);
    const missing = await check(server.url.replace('tributary-test', 'tributary-none'));
    expect(missing).to.deep.include({ verdict: 'failure', remedy: 'Make it, or correct --blobs.' });
    expect(JSON.stringify(await check('s3://key:secret@bucket-1')))
      .to.contain('failure')
      .and.not.contain('secret@');
  });

  it('is asked again where it is busy for a moment', async () => {
    let busy = 2;
    server.failing((asked) => (isPut(asked) && busy-- > 0 ? refusal(503, 'SlowDown') : null));
    await blobs.inputs.write(id, '0-a', [bytes]);
    expect(new Uint8Array((await blobs.inputs.read(id, '0-a'))!)).to.deep.equal(bytes);
  });

  it('keeps nothing of what fails in the middle, neither there nor here', async () => {
    server.failing(({ query }) => (query.get('partNumber') === '2' ? refusal(500, 'InternalError') : null));
    expect(await codeOf(blobs.inputs.write(id, '0-a', stream(large)))).to.equal('storage/unreachable');
    expect([server.bucket.objects.size, server.bucket.uploads.size]).to.deep.equal([0, 0]);
    const left = await readdir(join(home, 'spool'), { recursive: true, withFileTypes: true });
    expect(left.filter((entry) => entry.isFile())).to.deep.equal([]);
    server.failing();
    await blobs.inputs.write(id, '0-a', stream(large));
    expect(await blobs.inputs.bytes(id)).to.equal(large.length);
  });

  it('acknowledges nothing that was damaged on the way, and what is damaged on the way back is not believed', async () => {
    server.failing((asked) =>
      isPut(asked) ? server.bucket.answer({ ...asked, body: Uint8Array.of(1, 2, 4) }) : null,
    );
    expect(await codeOf(blobs.evidence.write(id, 'block', [bytes]))).to.equal('storage/unreachable');
    expect(server.bucket.objects.size).to.equal(0);
    server.failing();
    await blobs.evidence.write(id, 'block', [bytes]);
    server.failing((asked) => ({ ...server.bucket.answer(asked), body: Uint8Array.of(1, 2, 4) }));
    expect(await codeOf(blobs.evidence.read(id, 'block'))).to.equal('storage/unreachable');
  });

  it('is rid of uploads that nobody goes on with, and of no others', async () => {
    const upload = (begun: Date) => ({ key: `kept/here/inputs/7-1-1/0-a`, begun, parts: new Map() });
    const hours = (ago: number) => new Date(Date.now() - ago * 3_600_000);
    server.bucket.uploads.set('old', upload(hours(2))).set('new', upload(hours(0)));
    server.bucket.uploads.set('other', { ...upload(hours(2)), key: 'kept/here/inputs/7-1-2/0-a' });
    await blobs.inputs.removeParts(id, 3_600);
    expect([...server.bucket.uploads.keys()]).to.deep.equal(['new', 'other']);
    await blobs.inputs.removeParts(id, 0);
    expect([...server.bucket.uploads.keys()]).to.deep.equal(['other']);
    server.bucket.uploads.clear();
  });

  it('counts evidence that is marked as expired as gone, though its deletion was cut off, and ends that', async () => {
    await blobs.evidence.write(id, 'one', [bytes]);
    await blobs.evidence.write(id, 'two', [bytes]);
    server.failing(({ query }) => (query.has('delete') ? refusal(403, 'AccessDenied') : null));
    expect(await codeOf(blobs.evidence.expire(id))).to.equal('storage/forbidden');
    server.failing();
    expect(await blobs.evidence.attempts()).to.deep.equal([]);
    expect(await blobs.evidence.expired()).to.deep.equal([id]);
    expect(await blobs.evidence.names(id)).to.deep.equal(['one', 'two']);
    await blobs.evidence.finishExpiring();
    expect(await blobs.evidence.names(id)).to.deep.equal([]);
  });

  it('has one name, whoever is first', async () => {
    const names = await Promise.all([blobs.name(), blobs.name(), blobs.name()]);
    expect(new Set(names)).to.have.property('size', 1);
    expect(blobs.inputs.where(id, '0-a')).to.equal('s3://tributary-test/kept/here/inputs/7-1-1/0-a');
  });

  it('answers members 503 while it is away, with when to come again, and the round goes on when it is back', async () => {
    const vectors = openVectors(blobs.inputs);
    const service = await serve(members, honestly(members, 'masking'), {}, { vectors });
    const upload = (member: number) =>
      service.api.upload(id, members.inputs[member]!, members.vectors.get(member)!);
    await upload(0);
    server.failing(() => refusal(503, 'ServiceUnavailable'));
    expect(await codeOf(upload(1))).to.equal('storage/unreachable');
    expect(await codeOf(blobs.look())).to.equal('storage/unreachable');
    expect(await codeOf(upload(0))).to.equal('resolved');
    server.failing();
    await upload(1);
    await upload(2);
    expect((await service.driver.attempt(id)).phase).to.equal('confirming');
    expect(new Uint8Array(await vectors.read(id, members.inputs[0]!.message))).to.deep.equal(
      members.vectors.get(0),
    );
    await service.stop();
  });
});

describe('the URL of a bucket', () => {
  const codeFor = (url: string) => codeOf(openBlobs(url, '/nowhere'));

  it('says where it is, and nothing that is secret or unknown', async () => {
    const wrong = [
      ...['s3:', 's3://', 's3://a', 's3://UPPER', 's3://key:secret@bucket-1/prefix', 's3://key@bucket-1'],
      ...['s3://bucket-1/a b', 's3://bucket-1/a//b', 's3://bucket-1#x'],
      ...['s3://bucket-1?secret=x', 's3://bucket-1?region=EU', 's3://bucket-1?endpoint=ftp://x'],
      ...['s3://bucket-1?endpoint=http://key:secret@x', 's3://bucket-1?endpoint=https://x?y=1'],
    ];
    for (const url of wrong) expect(await codeFor(url), url).to.equal('storage/bad-url');
  });

  it('is not repeated where it is wrong: a secret may stand in it', async () => {
    const secret = 'wJalrXUtnFEMI';
    for (const url of [`s3://key:${secret}@bucket-1`, `s3://bucket-1?secret=${secret}`, `s3://${secret}!`]) {
      const error: unknown = await openBlobs(url, '/nowhere').catch((found: unknown) => found);
      if (!(error instanceof TributaryError)) throw new Error('it was taken');
      expect(error.message.toLowerCase()).not.to.contain(secret.toLowerCase());
    }
  });
});
