/**
 * Model weights as safetensors bytes (https://github.com/huggingface/safetensors, format of 0.4):
 * u64 little-endian header length, JSON header, then little-endian data that the header's ranges cover
 * exactly. We write float32 only, in the order given, header padded with spaces to 8 bytes: the same
 * tensors give the same bytes. What we read is hostile: see the refusals.
 */
import { z } from 'zod';
import { TributaryError } from '#crypto/error.ts';
import { assertFinite } from './finite.ts';

/** A float32 tensor in row-major order; `data.length` is the product of `shape`. */
export type NamedTensor = Readonly<{ name: string; shape: readonly number[]; data: Float32Array }>;

const prefixBytes = 8;
const floatBytes = 4;
/** A header of 64 layers with the longest names takes about 20 KB. */
const maxHeaderBytes = 256 * 1024;

const entrySchema = z.strictObject({
  dtype: z.literal('F32'),
  shape: z.array(z.int().min(1)).max(8),
  data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
});
const headerSchema = z.record(z.string().min(1).max(256), z.unknown());
const metadataSchema = z.record(z.string(), z.string());

function refuse(code: string, message: string, cause?: unknown): never {
  throw new TributaryError(code, message, { cause });
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);

/**
 * @returns the file's bytes; equal tensors in equal order give equal bytes
 * @throws TributaryError `model/not-finite`; `model/weights-shape` if data and shape disagree or a name repeats
 */
export function encodeSafetensors(tensors: readonly NamedTensor[]): Uint8Array {
  const header: [string, unknown][] = [];
  let end = 0;
  for (const { name, shape, data } of tensors) {
    if (data.length !== sizeOf(shape) || header.some(([other]) => other === name)) {
      refuse(
        'model/weights-shape',
        `tensor ${name}: ${data.length} numbers for shape [${shape.join(', ')}], or twice`,
      );
    }
    assertFinite(data, name);
    const start = end;
    end += data.length * floatBytes;
    header.push([name, { dtype: 'F32', shape, data_offsets: [start, end] }]);
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const headerLength = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(prefixBytes + headerLength + end);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(headerLength), true);
  bytes.fill(0x20, prefixBytes, prefixBytes + headerLength);
  bytes.set(json, prefixBytes);
  let at = prefixBytes + headerLength;
  for (const { data } of tensors) {
    for (const value of data) {
      view.setFloat32(at, value, true);
      at += floatBytes;
    }
  }
  return bytes;
}

type Entry = Readonly<{ name: string; shape: readonly number[]; start: number; end: number }>;

function readHeader(bytes: Uint8Array, view: DataView): { entries: Entry[]; dataStart: number } {
  if (bytes.length < prefixBytes)
    refuse('model/weights-truncated', 'the weights file is shorter than its first field');
  const length = view.getBigUint64(0, true);
  if (length > BigInt(maxHeaderBytes)) {
    refuse('model/weights-header', `the header is ${length} bytes, the most is ${maxHeaderBytes}`);
  }
  const dataStart = prefixBytes + Number(length);
  if (dataStart > bytes.length) refuse('model/weights-truncated', 'the weights file ends inside its header');
  let value: unknown;
  try {
    value = JSON.parse(
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(prefixBytes, dataStart)),
    );
  } catch (cause) {
    refuse('model/weights-header', 'the header is not JSON', cause);
  }
  const header = headerSchema.safeParse(value);
  if (!header.success)
    refuse('model/weights-header', 'the header must be a JSON object of tensors', header.error);
  const entries: Entry[] = [];
  for (const [name, raw] of Object.entries(header.data)) {
    if (name === '__metadata__') {
      if (!metadataSchema.safeParse(raw).success)
        refuse('model/weights-header', '__metadata__ must hold text only');
      continue;
    }
    const entry = entrySchema.safeParse(raw);
    if (!entry.success) {
      refuse(
        'model/weights-header',
        `tensor ${name}: expected dtype F32, a shape and two offsets`,
        entry.error,
      );
    }
    const [start, end] = entry.data.data_offsets;
    entries.push({ name, shape: entry.data.shape, start, end });
  }
  return { entries: entries.sort((a, b) => a.start - b.start), dataStart };
}

/**
 * Reads safetensors bytes, from whoever wrote them.
 *
 * @param limits the most bytes that the reader is ready for
 * @returns float32 tensors in the order of their data, copied out of `bytes`
 * @throws TributaryError `model/weights-size`, `-truncated`, `-header`, `-ranges`; `model/not-finite`
 */
export function decodeSafetensors(bytes: Uint8Array, limits: Readonly<{ maxBytes: number }>): NamedTensor[] {
  if (bytes.length > limits.maxBytes) {
    refuse('model/weights-size', `the weights file is ${bytes.length} bytes, the most is ${limits.maxBytes}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { entries, dataStart } = readHeader(bytes, view);
  const available = bytes.length - dataStart;
  let covered = 0;
  for (const { name, shape, start, end } of entries) {
    const size = sizeOf(shape) * floatBytes;
    if (start !== covered) {
      refuse('model/weights-ranges', `tensor ${name} starts at ${start}, but data is covered to ${covered}`);
    }
    if (end - start !== size)
      refuse('model/weights-ranges', `tensor ${name} has ${end - start} bytes, its shape ${size}`);
    if (end > available)
      refuse('model/weights-truncated', `tensor ${name} ends at ${end}, the data at ${available}`);
    covered = end;
  }
  if (covered !== available) {
    refuse('model/weights-ranges', `the file has ${available - covered} bytes that belong to no tensor`);
  }
  return entries.map(({ name, shape, start, end }) => {
    const data = new Float32Array((end - start) / floatBytes);
    for (let i = 0; i < data.length; i += 1)
      data[i] = view.getFloat32(dataStart + start + i * floatBytes, true);
    assertFinite(data, name);
    return { name, shape, data };
  });
}
