import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Interface, type JsonRpcProvider } from 'ethers';
import { startAnvil, type Anvil } from '#contracts/anvil.ts';
import { openChain } from '#contracts/provider.ts';
import type { Probe } from '../../scripts/probes/instrument.ts';
import { coverageOf, isEnough, type Reason } from '../../scripts/probes/report.ts';
import { instrumented, readHits } from '../../scripts/probes/run.ts';
import { quickBuildOf } from '../../scripts/solidity/quick-build.ts';

/** A comment with letters of several bytes, as the compiler counts bytes: ⌈½⌉. */
const source = `// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;
// ⌈½⌉
contract Small {
    error Odd(uint256 x);
    uint256 private _sum;
    function add(uint256 x) external {
        if (x % 2 == 1) revert Odd(x);
        for (uint256 i = 0; i < x; ++i) _sum += i;
        try this.half(x) returns (uint256) {} catch {
            _sum = 0;
        }
    }
    function half(uint256 x) external pure returns (uint256) {
        require(x != 8, "eight");
        return x > 4 && !(x == 6 || x == 10) ? x : x / 2;
    }
}`;

/** What is left after calls, as line, kind and text. */
const shown = ({ line, kind, source }: Probe) => `${line} ${kind} ${source}`;

describe('coverage of contracts', () => {
  let folder: string;
  let anvil: Anvil;
  let provider: JsonRpcProvider;
  let to: string;
  let from: string;
  let probes: readonly Probe[];
  const api = new Interface(['function add(uint256)', 'function half(uint256) returns (uint256)']);

  const transact = (data: string, target?: string) =>
    provider.send('eth_sendTransactionSync', [
      { from, data, gas: '0x1000000', ...(target && { to: target }) },
    ]);

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tributary-coverage-test-'));
    anvil = await startAnvil({ log: join(folder, 'chain.log'), unlimited: true });
    provider = await openChain(anvil.url);
    [from = ''] = (await provider.send('eth_accounts', [])) as string[];
    const made = instrumented({ 'Small.sol': source });
    probes = made.probes;
    const artifact = JSON.parse(quickBuildOf(made.sources).all.get('Small') ?? '') as { bytecode: string };
    ({ contractAddress: to } = (await transact(artifact.bytecode)) as { contractAddress: string });
  });
  after(async () => {
    provider.destroy();
    await anvil.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Anvil writes what a contract reports before it answers the call. */
  const left = async () => coverageOf(probes, await readHits(folder), []).uncovered.map(shown);

  it('counts statements and both outcomes of conditions, in transactions, refused ones and calls', async () => {
    expect(await left()).to.have.length(probes.length);

    await transact(api.encodeFunctionData('add', [3n]), to);
    const refused = ['8 statement if (x % 2 == 1)', '8 true x % 2 == 1', '8 statement revert Odd(x);'];
    expect(await left()).to.deep.equal(probes.map(shown).filter((probe) => !refused.includes(probe)));

    await transact(api.encodeFunctionData('add', [2n]), to);
    expect(await left()).to.deep.equal([
      '10 way catch { _sum = 0; }',
      '11 statement _sum = 0;',
      '15 false x != 8',
      '16 true x > 4',
      '16 true x == 6',
      '16 false x == 6',
      '16 true x == 10',
      '16 false x == 10',
    ]);

    await provider.call({ to, data: api.encodeFunctionData('half', [6n]) });
    await provider.call({ to, data: api.encodeFunctionData('half', [12n]) });
    expect(await left()).to.deep.equal([
      '10 way catch { _sum = 0; }',
      '11 statement _sum = 0;',
      '15 false x != 8',
      '16 true x == 10',
    ]);
  });

  it('is enough with 98 % and a reason for each of the rest, no more and no less', async () => {
    const all = new Set(probes.keys());
    const most = Array.from({ length: 50 }, () => [...probes]).flat();
    const hits = new Set(most.keys());
    const missed = probes.findIndex(({ kind }) => kind === 'false');
    const { file, function: name, kind, source: text } = probes[missed]!;
    const reason: Reason = { file, function: name, kind, source: text, why: 'cannot be' };

    expect(isEnough(coverageOf(probes, all, []))).to.equal(true);
    all.delete(missed);
    expect(coverageOf(probes, all, []).total.branches).to.deep.equal({ covered: 13, all: 14 });
    expect(isEnough(coverageOf(probes, all, [reason])), 'below 98 %').to.equal(false);
    hits.delete(missed);
    expect(isEnough(coverageOf(most, hits, [])), 'no reason').to.equal(false);
    expect(isEnough(coverageOf(most, hits, [reason]))).to.equal(true);
    expect(isEnough(coverageOf(most, hits, [reason, { ...reason, source: 'gone' }])), 'stale').to.equal(
      false,
    );
  });
});
