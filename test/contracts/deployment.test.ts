/** The deployment record against the chain: the true one holds, and each lie about a contract has its code. */
import { AbiCoder, concat, keccak256, toBeHex } from 'ethers';
import { expect } from 'chai';
import { readArtifact } from '#contracts/artifact.ts';
import { assertDeployment, checkDeployment } from '#contracts/deployed-code.ts';
import { deploy } from '#contracts/deploy.ts';
import { deploymentSchema, type ContractName, type Deployment } from '#contracts/deployment.ts';
import { contractNames } from '#contracts/wiring.ts';
import { toBytes32, type Hex } from '#protocol/units.ts';
import { at, floors, refusal, startWorld, type World } from './world.ts';

describe('the deployment record', function () {
  this.timeout(120_000);
  let world: World;
  let deployment: Deployment;
  /** Another whole deployment on the same chain, sound in itself. */
  let other: Deployment;
  let snapshot: string;

  before(async () => {
    world = await startWorld();
    deployment = world.deployment;
    other = await deploy(world.deployer.transactor, floors, { defenceWindow: 77 });
    snapshot = await world.chain.snapshot();
  });
  beforeEach(async () => {
    await world.chain.revert(snapshot);
    snapshot = await world.chain.snapshot();
  });
  after(() => world.stop());

  const codesOf = async (changed: Deployment): Promise<Record<string, string[]>> => {
    const standings = await checkDeployment(world.chain.provider, changed);
    const wrong = standings.filter(({ problems }) => problems.length > 0);
    return Object.fromEntries(
      wrong.map(({ contract, problems }) => [contract, problems.map(({ code }) => code)]),
    );
  };
  /** The record with the other deployment's contract in one place, in all that it says of it. */
  const swapped = (name: ContractName): Deployment => ({
    ...deployment,
    [name]: other[name],
    contracts: { ...deployment.contracts, [name]: other.contracts[name] },
  });
  const setCode = (name: ContractName, code: string) =>
    world.chain.provider.send('anvil_setCode', [deployment[name], code]);
  const recorded = (name: ContractName, code: string): Deployment => ({
    ...deployment,
    contracts: {
      ...deployment.contracts,
      [name]: { ...deployment.contracts[name], codeHash: toBytes32(keccak256(code)) },
    },
  });

  it('holds as it was written, and after a round trip through its file', async () => {
    await assertDeployment(world.buyer.contracts);
    expect(await codesOf(deployment)).to.deep.equal({});
    const read = deploymentSchema.parse(JSON.parse(JSON.stringify(deployment)));
    expect(read).to.deep.equal(deployment);
    expect(await codesOf(other)).to.deep.equal({});
    const [windows] = AbiCoder.defaultAbiCoder().decode(
      ['uint32'],
      `0x${deployment.contracts.disputes.constructorArguments.slice(2 + 128, 2 + 192)}`,
    );
    expect(windows, 'the defence window').to.equal(200n);
  });

  it('refuses a record of an earlier version, and one that leaves a contract out', () => {
    const { contracts, ...rest } = deployment;
    const { disputes: _left, ...fewer } = contracts;
    expect(deploymentSchema.safeParse({ ...deployment, version: 1 }).success).to.equal(false);
    expect(deploymentSchema.safeParse({ ...rest, contracts: fewer }).success).to.equal(false);
  });

  it("finds another deployment's contract in any place, also where that place is recorded consistently", async () => {
    const found: Record<string, string[]> = {};
    for (const name of contractNames) found[name] = Object.keys(await codesOf(swapped(name))).sort();
    expect(found).to.deep.equal({
      registry: ['AccessToken', 'SeatReader', 'TrainingEscrow'],
      accessToken: ['AccessToken', 'TrainingEscrow'],
      escrow: ['Disputes', 'SeatReader', 'TrainingEscrow'],
      administration: ['OpeningPolicy'],
      policy: ['OpeningPolicy', 'TrainingEscrow'],
      disputes: ['Disputes', 'TrainingEscrow'],
      seatReader: ['SeatReader'],
    });
    expect(
      await refusal(assertDeployment({ ...world.buyer.contracts, deployment: swapped('policy') })),
    ).to.match(/^deployment\/other-arguments /);
  });

  it("finds a record whose arguments were altered to match another deployment's contract", async () => {
    // The escrow's arguments rewritten to name the other court: the record agrees with itself, the code does not.
    const lie = swapped('disputes');
    const { escrow } = deployment.contracts;
    const words = escrow.constructorArguments.replace(deployment.disputes.slice(2), other.disputes.slice(2));
    const court = lie.contracts.disputes.constructorArguments
      .replace(other.escrow.slice(2), deployment.escrow.slice(2))
      .replace(other.paymentToken.slice(2), deployment.paymentToken.slice(2));
    const altered = {
      ...lie,
      contracts: {
        ...lie.contracts,
        escrow: { ...escrow, constructorArguments: words as Hex },
        disputes: { ...lie.contracts.disputes, constructorArguments: court as Hex },
      },
    };
    expect(await codesOf(altered)).to.deep.equal({
      TrainingEscrow: ['deployment/other-wiring'],
      Disputes: ['deployment/other-wiring'],
    });
    const [, , told] = await checkDeployment(world.chain.provider, altered);
    expect(told?.problems[0]?.message).to.include(`disputes is ${deployment.disputes}`);
  });

  it('finds a fee recipient, a window, a floor or a seed offset that is not the recorded one', async () => {
    const { contracts } = deployment;
    const word = (value: bigint) => toBeHex(value, 32).slice(2);
    const lies: readonly (readonly [ContractName, string, string])[] = [
      ['escrow', world.deployer.address.slice(2), world.stranger.address.slice(2)],
      ['escrow', `${word(2n)}$`, word(9n)],
      ['disputes', `${word(300n)}$`, word(301n)],
      ['policy', `${word(600n)}$`, word(60n)],
    ];
    for (const [name, truth, lie] of lies) {
      const { constructorArguments } = contracts[name];
      const altered = constructorArguments.replace(new RegExp(truth), lie) as Hex;
      expect(altered).not.to.equal(constructorArguments);
      const record = {
        ...deployment,
        contracts: { ...contracts, [name]: { ...contracts[name], constructorArguments: altered } },
      };
      expect(Object.values(await codesOf(record)), name).to.deep.equal([['deployment/other-wiring']]);
    }
  });

  it('finds arguments that are none', async () => {
    const { contracts } = deployment;
    const record = {
      ...deployment,
      contracts: { ...contracts, escrow: { ...contracts.escrow, constructorArguments: '0x1234' as Hex } },
    };
    expect(await codesOf(record)).to.deep.equal({ TrainingEscrow: ['deployment/other-arguments'] });
  });

  it('finds an address without code, and code that is not what this version compiles', async () => {
    await setCode('registry', '0x');
    expect(await codesOf(deployment)).to.deep.equal({ DatasetRegistry: ['deployment/no-code'] });
    const code = await world.chain.provider.getCode(other.registry);
    const patched = `${code.slice(0, -4)}0000`;
    await setCode('registry', patched);
    expect(await codesOf(deployment)).to.deep.equal({
      DatasetRegistry: ['deployment/other-code', 'deployment/other-hash'],
    });
    expect(await codesOf(recorded('registry', patched)), 'recorded so').to.deep.equal({
      DatasetRegistry: ['deployment/other-code'],
    });
    await setCode('registry', code);
    expect(await codesOf(deployment)).to.deep.equal({});
  });

  it('finds an escrow whose getter tells the truth and whose guard uses another court', async () => {
    const { immutables } = readArtifact('TrainingEscrow');
    const code = await world.chain.provider.getCode(deployment.escrow);
    for (const place of immutables['disputes'] ?? []) {
      const from = 2 + 2 * place;
      const lie = toBeHex(world.stranger.address, 32).slice(2);
      const patched = concat([code.slice(0, from), `0x${lie}`, `0x${code.slice(from + 64)}`]);
      await setCode('escrow', patched);
      expect(await codesOf(recorded('escrow', patched)), `use at ${place}`).to.deep.equal({
        TrainingEscrow: ['deployment/other-wiring'],
      });
    }
    await setCode('escrow', code);
    expect(immutables['disputes']).to.have.length.greaterThan(1);
    expect(await codesOf(deployment)).to.deep.equal({});
  });

  it('finds a hash that is of other code', async () => {
    const record = recorded('seatReader', '0x1234');
    expect(await codesOf(record)).to.deep.equal({ SeatReader: ['deployment/other-hash'] });
  });

  it('finds a policy that obeys another authority by now', async () => {
    const { administration } = world.deployer.contracts;
    await administration.send.updateAuthority(deployment.policy, other.administration);
    expect(await codesOf(deployment)).to.deep.equal({ OpeningPolicy: ['deployment/other-wiring'] });
    const [problem] = at((await checkDeployment(world.chain.provider, deployment)).slice(4), 0).problems;
    expect(problem?.message).to.include(`obeys ${other.administration}`);
  });
});
