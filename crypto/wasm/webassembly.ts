/** WebAssembly as far as it is used here: our TypeScript has no types of the browser's. protocol.md §2.3 */

export type WasmMemory = Readonly<{ buffer: ArrayBuffer }>;

/** What ring.wat exports; addresses and lengths in bytes. */
export type RingExports = Readonly<{
  add(to: number, from: number, bytes: number): void;
  subtract(to: number, from: number, bytes: number): void;
  addPacked(to: number, from: number, end: number, w: number, table: number): void;
  addPackedWide(to: number, from: number, end: number, w: number): void;
  pack(to: number, from: number, end: number, w: number): void;
}>;

type Module = Readonly<{ opaque: never }>;

type Api = Readonly<{
  validate(bytes: Uint8Array): boolean;
  Module: new (bytes: Uint8Array) => Module;
  Memory: new (size: { initial: number; maximum: number }) => WasmMemory;
  Instance: new (module: Module, imports: { ring: { memory: WasmMemory } }) => { exports: RingExports };
}>;

/** The engine's, or undefined where it has none. */
export const wasm = (globalThis as { WebAssembly?: Api }).WebAssembly;
