import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { Interface, type InterfaceAbi } from 'ethers';
import { accessToken } from '#contracts/bindings/access-token.ts';
import { datasetRegistry } from '#contracts/bindings/dataset-registry.ts';
import { testCoin } from '#contracts/bindings/test-coin.ts';
import { JobState, trainingEscrow } from '#contracts/bindings/training-escrow.ts';
import { bindingsOf } from '../../scripts/bindings.ts';
import type { Compilation } from '../../scripts/solidity.ts';

const artifacts = join(import.meta.dirname, '..', '..', 'contracts', 'artifacts');

describe('bindings', () => {
  for (const { name, abi } of [accessToken, datasetRegistry, testCoin, trainingEscrow]) {
    it(`of ${name} say what is compiled`, () => {
      const artifact = JSON.parse(readFileSync(join(artifacts, `${name}.json`), 'utf8')) as {
        abi: InterfaceAbi;
      };
      const compiled = new Interface(artifact.abi).format();
      const overloads = compiled.filter((fragment) => !abi.includes(fragment));
      expect(abi.filter((fragment) => !compiled.includes(fragment))).to.deep.equal([]);
      expect(
        overloads.filter((fragment) => !/safeTransferFrom\(.*bytes data\)/.test(fragment)),
      ).to.deep.equal([]);
    });
  }

  it('name the states of a job in the contract’s order', () => {
    expect(JobState).to.deep.equal({ None: 0, Open: 1, Active: 2, Cancelled: 3, Closed: 4 });
  });

  it('give each Solidity type its TypeScript type', () => {
    const inputs = [
      { name: 'small', type: 'uint48' },
      { name: 'wide', type: 'uint56' },
      { name: 'signed', type: 'int8' },
      { name: 'who', type: 'address' },
      { name: 'digest', type: 'bytes32' },
      { name: 'code', type: 'bytes4' },
      { name: 'flag', type: 'bool' },
      { name: 'text', type: 'string' },
      { name: 'lists', type: 'uint256[][2]' },
      {
        name: 'point',
        type: 'tuple[]',
        internalType: 'struct Some.Point[]',
        components: [{ name: 'x', type: 'uint8', internalType: 'enum Some.Kind' }],
      },
    ];
    const text = bindingsOf(
      'Some',
      compilationOf([{ type: 'function', name: 'set', inputs, outputs: [], stateMutability: 'nonpayable' }]),
    );
    expect(text).to.contain(
      'set(small: number, wide: bigint, signed: number, who: Address, digest: Bytes32, code: Hex, flag: boolean, ' +
        'text: string, lists: ReadonlyArray<ReadonlyArray<bigint>>, point: ReadonlyArray<Point>): void;',
    );
    expect(text).to.contain('export type Point = Readonly<{ x: number }>;');
    expect(text).to.contain('export const Kind = { A: 0, B: 1 } as const;');
    expect(text).to.contain("import type { Address, Bytes32, Hex } from '#protocol/units.ts';");
  });

  it('keep calls, transactions and results apart, and one function a name', () => {
    const amount = { name: 'amount', type: 'uint256' };
    const view = { type: 'function', stateMutability: 'view', inputs: [] };
    const text = bindingsOf(
      'Some',
      compilationOf([
        { ...view, name: 'one', outputs: [{ name: '', type: 'uint256' }] },
        { ...view, name: 'two', outputs: [amount, { name: 'flag', type: 'bool' }] },
        { type: 'function', name: 'send', inputs: [amount, amount], outputs: [], stateMutability: 'payable' },
        {
          type: 'function',
          name: 'send',
          inputs: [{ name: '', type: 'uint8' }],
          outputs: [],
          stateMutability: 'payable',
        },
        { type: 'event', name: 'Sent', inputs: [{ ...amount, indexed: true }] },
        { type: 'event', name: 'Nothing', inputs: [] },
        { type: 'constructor', inputs: [{ name: 'start', type: 'uint16' }] },
      ]),
    );
    expect(text).to.contain(
      'export type SomeReads = {one(): bigint;\ntwo(): Readonly<{ amount: bigint; flag: boolean }>;};',
    );
    expect(text).to.contain('export type SomeWrites = {send(value0: number): void;};');
    expect(text).to.contain('Sent: Readonly<{ amount: bigint }>;\nNothing: Readonly<Record<string, never>>;');
    expect(text).to.contain('export type SomeConstructor = readonly [start: number];');
    expect(() => bindingsOf('Other', compilationOf([]))).to.throw('no Other');
  });
});

function compilationOf(abi: Compilation['contracts'][string][string]['abi']): Compilation {
  const members = ['A', 'B'].map((name) => ({ nodeType: 'EnumValue', name }));
  const nodes = [
    { nodeType: 'ContractDefinition', nodes: [{ nodeType: 'EnumDefinition', name: 'Kind', members }] },
  ];
  return {
    contracts: {
      'Some.sol': { Some: { abi, evm: { bytecode: { object: '' }, deployedBytecode: { object: '' } } } },
    },
    sources: { '@lib.sol': {}, 'Some.sol': { ast: { nodeType: 'SourceUnit', nodes } } },
  };
}
