/** The ways in which a program may write a list of numbers down. */
import { utf8 } from '#crypto/bytes.ts';

/** A layout's name, and the bytes that it gives. */
export type Laid = Readonly<{ layout: string; bytes: Uint8Array }>;

type Setter = 'setFloat64' | 'setFloat32' | 'setUint32' | 'setInt32' | 'setUint16' | 'setInt16';

function written(numbers: ArrayLike<number>, setter: Setter, little: boolean): Uint8Array {
  const width = Number(/\d+/.exec(setter)?.[0]) / 8;
  const view = new DataView(new ArrayBuffer(numbers.length * width));
  Array.from(numbers).forEach((number, at) => view[setter](at * width, number, little));
  return new Uint8Array(view.buffer);
}

const laid =
  (name: string, setter: Setter) =>
  (numbers: ArrayLike<number>): Laid[] => [
    { layout: `${name} LE`, bytes: written(numbers, setter, true) },
    { layout: `${name} BE`, bytes: written(numbers, setter, false) },
  ];

const float64 = laid('float64', 'setFloat64');
const float32 = laid('float32', 'setFloat32');
const uint32 = laid('u32', 'setUint32');
const int32 = laid('i32', 'setInt32');
const uint16 = laid('u16', 'setUint16');
const int16 = laid('i16', 'setInt16');

/** As JSON has them. */
const decimal = (numbers: ArrayLike<number>): Laid => ({
  layout: 'decimal text',
  bytes: utf8(Array.from(numbers).join(',')),
});

export const layBinaryFloats = (numbers: ArrayLike<number>): Laid[] => [
  ...float64(numbers),
  ...float32(numbers),
];

export const layFloats = (numbers: ArrayLike<number>): Laid[] => [
  ...layBinaryFloats(numbers),
  decimal(numbers),
];

/** @param bits that the words have; 16-bit ones fit a narrower array too */
export const layWords = (words: ArrayLike<number>, bits: number): Laid[] => [
  ...uint32(words),
  ...(bits <= 16 ? uint16(words) : []),
  decimal(words),
];

export const laySigned = (integers: ArrayLike<number>, bits: number): Laid[] => [
  ...int32(integers),
  ...(bits <= 16 ? int16(integers) : []),
  decimal(integers),
];
