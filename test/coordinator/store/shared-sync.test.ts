/** One sync for many: none is answered by one that began before what it wrote. */
import { expect } from 'chai';
import { sharedSync } from '#coordinator/store/shared-sync.ts';

/** Syncs that end when they are told to. */
function held() {
  const ends: ((error?: Error) => void)[] = [];
  const sync = sharedSync(
    () =>
      new Promise((resolve, reject) =>
        ends.push((error) => {
          if (error) reject(error);
          else resolve();
        }),
      ),
  );
  return { ends, sync };
}
const settled = async (promise: Promise<void>): Promise<boolean> => {
  let done = false;
  promise.then(
    () => (done = true),
    () => (done = true),
  );
  await new Promise((resolve) => setImmediate(resolve));
  return done;
};

describe('a sync that is shared', () => {
  it('is one for all who asked while another was under way, and begins after it', async () => {
    const { ends, sync } = held();
    const first = sync();
    const others = [sync(), sync(), sync()];
    expect(ends).to.have.length(1);
    ends[0]?.();
    await first;
    expect(await settled(others[0]!)).to.equal(false);
    expect(ends).to.have.length(2);
    ends[1]?.();
    await Promise.all(others);
    expect(ends).to.have.length(2);
  });

  it('that fails fails for those who waited for it, and for nobody later', async () => {
    const { ends, sync } = held();
    const [first, second] = [sync(), sync()];
    ends[0]?.(new Error('EIO'));
    expect(await first.catch(String)).to.equal('Error: EIO');
    expect(await settled(second)).to.equal(false);
    ends[1]?.(new Error('EIO again'));
    expect(await second.catch(String)).to.equal('Error: EIO again');
    const third = sync();
    ends[2]?.();
    await third;
  });
});
