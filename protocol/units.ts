/** Units and ids as types of their own, with the schemas that admit them. protocol.md §1.1 */
import { z } from 'zod';

declare const brand: unique symbol;
type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** A `0x` hex string of bytes, lower case. */
export type Hex = `0x${string}`;
/** 32 bytes: a digest, a root, a public key. */
export type Bytes32 = Brand<Hex, 'Bytes32'>;
/** An Ethereum address, lower case. */
export type Address = Brand<Hex, 'Address'>;
/** An EIP-2098 compact signature: 64 bytes. */
export type CompactSignature = Brand<Hex, 'CompactSignature'>;
/** An exact decimal number as text: DAG-CBOR manifests hold no floats. */
export type Decimal = Brand<string, 'Decimal'>;
/** An amount of the payment token in base units, as decimal text. */
export type Amount = Brand<string, 'Amount'>;
/** Whole seconds since the Unix epoch. */
export type Seconds = Brand<number, 'Seconds'>;

const hexOf = (bytes: number) => new RegExp(`^0x[0-9a-f]{${bytes * 2}}$`);

export const bytes32 = z
  .string()
  .regex(hexOf(32), 'expected 32 bytes as 0x and 64 lower-case hex digits')
  .transform((text) => text as Bytes32);
export const address = z
  .string()
  .transform((text) => text.toLowerCase())
  .pipe(z.string().regex(hexOf(20), 'expected an address: 0x and 40 hex digits'))
  .transform((text) => text as Address);
export const compactSignature = z
  .string()
  .regex(hexOf(64), 'expected an EIP-2098 signature: 0x and 128 lower-case hex digits')
  .transform((text) => text as CompactSignature);
export const hex = z
  .string()
  .regex(/^0x([0-9a-f]{2})*$/, 'expected bytes as lower-case 0x hex')
  .transform((text) => text as Hex);
export const decimal = z
  .string()
  .max(40)
  .regex(/^-?\d+(\.\d+)?(e-?\d{1,3})?$/, 'expected a decimal number as text')
  .transform((text) => text as Decimal);
export const amount = z
  .string()
  .max(78)
  .regex(/^(0|[1-9]\d*)$/, 'expected a whole number of base units as text')
  .transform((text) => text as Amount);
/** PostgreSQL holds no NUL; and outside the BMP zod counts two characters where JSON Schema counts one. */
export const words = z
  .string()
  .regex(/^[ -\ud7ff\ue000-\uffff]*$/, 'expected a line of text without surrogates');
export const u32 = z.int().min(0).max(0xffff_ffff);
export const seconds = z
  .int()
  .min(0)
  .max(0xffff_ffff_ffff)
  .transform((value) => value as Seconds);
/** Job numbers count up from 1 in the escrow; past 2^53 they are refused rather than rounded. */
export const jobNumber = z.int().min(1).max(Number.MAX_SAFE_INTEGER);

export const toDecimal = (value: number): Decimal => decimal.parse(String(value));
export const fromDecimal = (text: Decimal): number => Number(text);
export const toAmount = (value: bigint): Amount => amount.parse(value.toString());
export const fromAmount = (text: Amount): bigint => BigInt(text);
export const toAddress = (text: string): Address => address.parse(text);
export const toBytes32 = (text: string): Bytes32 => bytes32.parse(text.toLowerCase());
export const toSeconds = (value: number): Seconds => seconds.parse(value);
