import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { emptyEvidenceFolder } from '#client/evidence.ts';
import { newHome, removeHomes } from './support/home.ts';

describe("a client's folder for evidence", () => {
  afterEach(removeHomes);

  it('is for its owner alone, and empty when the client starts', async () => {
    const home = newHome();
    const folder = await emptyEvidenceFolder(home);
    expect(statSync(folder).mode & 0o777).to.equal(0o700);
    writeFileSync(join(folder, 'left.car.partial'), 'killed while it was fetched');
    expect(await emptyEvidenceFolder(home)).to.equal(folder);
    expect(readdirSync(folder)).to.deep.equal([]);
  });
});
