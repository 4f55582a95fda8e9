import { expect } from 'chai';
import { request } from 'node:http';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { disk, type Disk } from '#coordinator/store/files.ts';
import { TributaryError } from '#crypto/error.ts';
import type { Input, Signed } from '#protocol/messages.ts';
import { encodeToken } from '#protocol/http/token.ts';
import { cohort } from '#test/support/cohort.ts';
import { digestOfText, honestly, signed } from '../fixtures.ts';
import { codeOf } from '../code-of.ts';
import { serve, type Service } from './service.ts';

const members = cohort({ n: 4 });
const { id } = members;
const envelope = members.inputs[1]!;
const vector = members.vectors.get(1)!;
const url = '/v1/jobs/7/rounds/1/attempts/1/inputs';

describe('the upload of a masked input', () => {
  let service: Service;
  beforeEach(async () => {
    service = await serve(members, honestly(members, 'masking'));
  });
  afterEach(() => service.stop());

  const files = async (): Promise<string[]> => {
    const all = await readdir(join(service.folder, 'inputs'), { recursive: true }).catch(() => []);
    return all.filter((file) => file.includes('/'));
  };
  const held = async (): Promise<number[]> => {
    const state = await service.driver.attempt(id);
    return 'inputs' in state ? state.inputs.map(({ message }) => message.member) : [];
  };
  const put = async (to: number | string, body: Uint8Array | string, token: string | null) => {
    const response = await fetch(`${service.url}${url}/${to}`, {
      method: 'PUT',
      body: body as string,
      headers: token === null ? {} : { 'tributary-message': token },
    });
    return `${response.status} ${((await response.json()) as { code?: string }).code ?? 'accepted'}`;
  };

  it('is on disk, whole, when it is answered; the same again changes nothing', async () => {
    await service.api.upload(id, envelope, vector);
    expect(await files()).to.deep.equal([`7-1-1/1-${envelope.message.inputRoot}`]);
    expect(await held()).to.deep.equal([1]);
    service.useDisk({ ...disk, open: () => Promise.reject(new Error('written again')) });
    await service.api.upload(id, envelope, vector);
    await service.api.upload(id, envelope, new Uint8Array());
  });

  it('is refused truncated, too long, or of another root, and nothing is kept', async () => {
    expect(await codeOf(service.api.upload(id, envelope, vector.subarray(2)))).to.equal('vector/length');
    expect(await codeOf(service.api.upload(id, envelope, new Uint8Array([...vector, 0])))).to.equal(
      'vector/length',
    );
    expect(await codeOf(service.api.upload(id, envelope, new Uint8Array(3_000_000)))).to.equal(
      'vector/length',
    );
    const padded = vector.slice();
    padded[padded.length - 1] = 0xff;
    expect(await codeOf(service.api.upload(id, envelope, padded))).to.equal('vector/padding');
    const other = members.vectors.get(2)!;
    expect(await codeOf(service.api.upload(id, envelope, other))).to.equal('input/root-mismatch');
    expect(await files()).to.deep.equal([]);
    expect(await held()).to.deep.equal([]);
    await service.api.upload(id, envelope, vector);
    expect(await held()).to.deep.equal([1]);
  });

  it('is refused before its body is taken in where the message is not one to accept', async () => {
    service.useDisk({ ...disk, open: () => Promise.reject(new Error('touched the disk')) });
    const forged: Signed<Input> = {
      message: { ...envelope.message, inputRoot: digestOfText('x') },
      signature: envelope.signature,
    };
    expect(await codeOf(service.api.upload(id, forged, vector))).to.equal('message/bad-signature');
    const others = signed(1, 'Input', { ...envelope.message, sharers: digestOfText('others') });
    expect(await codeOf(service.api.upload(id, others, vector))).to.equal('input/other-sharers');
    expect(await put(2, vector, encodeToken(envelope))).to.equal('400 request/schema');
    expect(await put('x', vector, encodeToken(envelope))).to.equal('400 request/schema');
    expect(await put(1, vector, null)).to.equal('400 request/schema');
    expect(await put(1, vector, 'bm8')).to.equal('400 request/schema');
  });

  it('keeps the first of two different inputs of a member', async () => {
    await service.api.upload(id, envelope, vector);
    const other = signed(1, 'Input', {
      ...envelope.message,
      inputRoot: members.inputs[2]!.message.inputRoot,
    });
    expect(await codeOf(service.api.upload(id, other, members.vectors.get(2)!))).to.equal('input/conflict');
    expect(await files()).to.deep.equal([`7-1-1/1-${envelope.message.inputRoot}`]);
  });

  it('is refused and not kept where masking ends while it is under way', async () => {
    const { clock } = service;
    const late: Disk = {
      ...disk,
      async rename(from, to) {
        await disk.rename(from, to);
        clock.set(honestly(members, 'masking').deadline);
      },
    };
    for (const member of [0, 2, 3])
      await service.api.upload(id, members.inputs[member]!, members.vectors.get(member)!);
    service.useDisk(late);
    expect(await codeOf(service.api.upload(id, envelope, vector))).to.equal('attempt/wrong-phase');
    expect(await held()).to.deep.equal([0, 2, 3]);
    expect((await files()).some((file) => file.includes(envelope.message.inputRoot))).to.equal(false);
    expect(await codeOf(service.api.upload(id, envelope, vector))).to.equal('attempt/wrong-phase');
  });

  it('is refused with storage/full where the disk is full, and the same is accepted later', async () => {
    const noSpace = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    service.useDisk({
      ...disk,
      open: async (path) => ({ ...(await disk.open(path)), write: () => Promise.reject(noSpace) }),
    });
    expect(await put(1, vector, encodeToken(envelope))).to.equal('507 storage/full');
    expect(await held()).to.deep.equal([]);
    expect(await files()).to.deep.equal([]);
    service.useDisk(disk);
    await service.api.upload(id, envelope, vector);
    expect(await held()).to.deep.equal([1]);
  });

  it('is not lost where the vector is on disk and its message could not be acknowledged', async () => {
    service.records.failNext(new TributaryError('storage/full', 'no room'), 'after');
    expect(await codeOf(service.api.upload(id, envelope, vector))).to.equal('storage/full');
    expect(await files()).to.deep.equal([`7-1-1/1-${envelope.message.inputRoot}`]);
    await service.api.upload(id, envelope, vector);
    expect(await held()).to.deep.equal([1]);
  });

  it('that breaks off leaves nothing, and the service goes on', async () => {
    const sending = request(`${service.url}${url}/1`, {
      method: 'PUT',
      headers: { 'tributary-message': encodeToken(envelope), 'content-length': vector.length },
    });
    const failed = new Promise((resolve) => sending.on('error', resolve));
    const opened = new Promise<void>((resolve) => {
      service.useDisk({
        ...disk,
        open: async (path) => {
          const file = await disk.open(path);
          resolve();
          return file;
        },
      });
    });
    sending.write(vector.subarray(0, 10));
    await opened;
    sending.destroy(new Error('gone'));
    await failed;
    await service.api.upload(id, envelope, vector);
    expect(await files()).to.deep.equal([`7-1-1/1-${envelope.message.inputRoot}`]);
  });
});
