/** How the plain ledger says no: with the code that the contract's refusal has. */

export class Refused extends Error {
  readonly code: string;
  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

export function refuse(reason: string): never {
  throw new Refused(`escrow/${reason}`);
}

export const least = (...values: bigint[]) => values.reduce((a, b) => (b < a ? b : a));
export const most = (...values: bigint[]) => values.reduce((a, b) => (b > a ? b : a));
export const total = (values: readonly bigint[]) => values.reduce((a, b) => a + b, 0n);
