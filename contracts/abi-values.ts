/** From the values that ethers decodes to plain ones: what the generated bindings promise. */
import type { ParamType, Result } from 'ethers';

/** Widest integer that a JavaScript number holds exactly, in whole bytes. */
const EXACT_BITS = 48;

/** A decoded value of one Solidity type: see `readContract` for the rules. */
export function toPlain(type: ParamType, value: unknown): unknown {
  if (type.isArray())
    return [...(value as Iterable<unknown>)].map((item) => toPlain(type.arrayChildren, item));
  if (type.isTuple()) return toPlainObject(type.components, value as Result);
  const integer = /^u?int(\d+)$/.exec(type.type);
  if (integer) return Number(integer[1]) <= EXACT_BITS ? Number(value) : value;
  return type.type === 'address' ? (value as string).toLowerCase() : value;
}

/** Several named values as one object. */
export function toPlainObject(types: readonly ParamType[], values: Result): Record<string, unknown> {
  return Object.fromEntries(types.map((type, index) => [type.name, toPlain(type, values[index])]));
}
