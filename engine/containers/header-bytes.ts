/** Bytes of a box's size and type in ISO base media (MP4, MOV). */
export const BOX_HEADER_BYTES = 8;

/** The id of the element that every Matroska file begins with. */
export const EBML_ID = 0x1a45dfa3;

/** An element of Matroska: an id and a size, both of variable length, then the content. */
export interface EbmlElement {
  id: number;
  contentOffset: number;
  sizeBytes: number;
}

/** The element that begins at an offset; undefined where none does. */
export const readElement = (bytes: Uint8Array, offset: number): EbmlElement | undefined => {
  const id = readVariableInteger(bytes, offset, 4, 'with marker');
  const size = id && readVariableInteger(bytes, offset + id.length, 8, 'without marker');
  if (!id || !size) return undefined;
  return { id: id.value, contentOffset: offset + id.length + size.length, sizeBytes: size.value };
};

/** The position of the first bit set, the marker, is the length. An id is named with it, a size is without it. */
const readVariableInteger = (
  bytes: Uint8Array,
  offset: number,
  maxLength: number,
  form: 'with marker' | 'without marker',
): { value: number; length: number } | undefined => {
  const first = bytes[offset];
  if (first === undefined || first === 0) return undefined;
  const length = Math.clz32(first) - 23;
  if (length > maxLength || offset + length > bytes.length) return undefined;
  let value = form === 'with marker' ? first : first - 2 ** (8 - length);
  for (const byte of bytes.subarray(offset + 1, offset + length)) value = value * 256 + byte;
  return { value, length };
};

/** Text of one byte per character. */
export const ascii = (bytes: Uint8Array, offset: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(offset, offset + length));

/** Big-endian. */
export const uint32 = (bytes: Uint8Array, offset: number): number =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(offset);

/** Little-endian, as RIFF has them. */
export const uint32LittleEndian = (bytes: Uint8Array, offset: number): number =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(offset, true);

/** Big-endian, as far as doubles hold it exactly. */
export const uint64 = (bytes: Uint8Array, offset: number): number =>
  Number(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(offset));
