/** Text of one byte per character. */
export const ascii = (bytes: Uint8Array, offset: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(offset, offset + length));

/** Big-endian. */
export const uint32 = (bytes: Uint8Array, offset: number): number => viewOf(bytes).getUint32(offset);

/** Little-endian, as in RIFF. */
export const uint32LittleEndian = (bytes: Uint8Array, offset: number): number =>
  viewOf(bytes).getUint32(offset, true);

/** Big-endian. Exact up to `Number.MAX_SAFE_INTEGER`. */
export const uint64 = (bytes: Uint8Array, offset: number): number =>
  Number(viewOf(bytes).getBigUint64(offset));

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
