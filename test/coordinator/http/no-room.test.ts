/** A coordinator without room: nobody sends what could not be kept, nothing that was acknowledged is lost, and it goes on when there is room. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { attemptsIn } from '#coordinator/blobs/folder.ts';
import { RetryAfter } from '#coordinator/gate/retry-after.ts';
import { announce } from '#coordinator/round/announced.ts';
import { disk } from '#coordinator/store/files.ts';
import { openVectors } from '#coordinator/store/vectors.ts';
import { TributaryError } from '#crypto/error.ts';
import { codeOf } from '../code-of.ts';
import { cohort, honestly, rulesOf } from '../fixtures.ts';
import { newFolder, removeFolder } from '../store/folder.ts';
import { serve, type Service } from './service.ts';

const members = cohort({ n: 3 });
const { id } = members;

describe('a coordinator without room', () => {
  let service: Service;
  let room = true;
  const lacking = () =>
    Promise.resolve(
      room ? null : new TributaryError('storage/no-room', 'none', { cause: new RetryAfter(15_000) }),
    );
  beforeEach(() => void (room = true));
  afterEach(() => service.stop());
  const upload = (member: number) =>
    service.api.upload(id, members.inputs[member]!, members.vectors.get(member)!);

  it('lets nobody enrol, says when to come again, and what it has said before it says again', async () => {
    service = await serve(members, announce(rulesOf(members)), {}, { room: { lacking } });
    await service.api.enrol(id, members.enrolments[0]!);
    room = false;
    const post = (member: number) =>
      fetch(`${service.url}/v1/jobs/${id.job}/rounds/1/attempts/1/enrolments`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(members.enrolments[member]),
      });
    const refused = await post(1);
    expect([refused.status, refused.headers.get('retry-after')]).to.deep.equal([507, '15']);
    expect(await refused.json()).to.have.property('code', 'storage/no-room');
    expect((await post(0)).status).to.equal(200);
    room = true;
    expect((await post(1)).status).to.equal(200);
  });

  it('takes no input in, and loses none that it has', async () => {
    service = await serve(members, honestly(members, 'masking'), {}, { room: { lacking } });
    await upload(0);
    room = false;
    service.useDisk({ ...disk, open: () => Promise.reject(new Error('touched the disk')) });
    expect(await codeOf(upload(1))).to.equal('storage/no-room');
    expect(await codeOf(upload(0))).to.equal('resolved');
    room = true;
    service.useDisk(disk);
    await upload(1);
    await upload(2);
    expect((await service.driver.attempt(id)).phase).to.equal('confirming');
  });

  it('whose disk fills up while inputs arrive goes on when there is room again', async function () {
    const mount = await smallDisk();
    if (mount === null) {
      console.log('skipped: no tmpfs can be mounted here: it takes root');
      service = await serve(members, honestly(members, 'masking'));
      return this.skip();
    }
    try {
      const vectors = openVectors(attemptsIn(join(mount.folder, 'inputs'), disk));
      service = await serve(members, honestly(members, 'masking'), {}, { vectors });
      await upload(0);
      mount.fill();
      expect(await codeOf(upload(1))).to.equal('storage/full');
      expect(await codeOf(upload(0))).to.equal('resolved');
      expect(mount.files('inputs').filter((name) => name.endsWith('.part'))).to.deep.equal([]);
      expect(new Uint8Array(await vectors.read(id, members.inputs[0]!.message))).to.deep.equal(
        members.vectors.get(0),
      );
      mount.free();
      await upload(1);
      await upload(2);
      expect((await service.driver.attempt(id)).phase).to.equal('confirming');
    } finally {
      await mount.remove();
    }
  });
});

/** A disk of 64 KiB, full or not; null where none can be mounted. */
async function smallDisk() {
  const folder = await newFolder();
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]);
  if (status !== 0) {
    await removeFolder(folder);
    return null;
  }
  const ballast = join(folder, 'ballast');
  return {
    folder,
    /** To the last page. */
    fill() {
      mkdirSync(ballast);
      try {
        for (let number = 0; ; number += 1)
          writeFileSync(join(ballast, String(number)), new Uint8Array(4_096));
      } catch (error) {
        expect(error).to.have.property('code', 'ENOSPC');
      }
    },
    free: () => rmSync(ballast, { recursive: true }),
    files: (name: string) => readdirSync(join(folder, name), { recursive: true }).map(String),
    async remove() {
      spawnSync('umount', [folder]);
      await removeFolder(folder);
    },
  };
}
