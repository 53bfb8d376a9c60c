/** One JPEG and the picture size that it declares. */
export interface Jpeg {
  bytes: Uint8Array;
  width: number;
  height: number;
}

const START = 0xd8;
const END = 0xd9;
const START_OF_SCAN = 0xda;

/**
 * Splits concatenated JPEGs and drops an incomplete one at the end. Segments are skipped by their length, so that bytes
 * inside a comment are not mistaken for a marker.
 */
export const splitJpegs = (bytes: Uint8Array): Jpeg[] => {
  const jpegs: Jpeg[] = [];
  let offset = 0;
  for (;;) {
    const jpeg = readJpeg(bytes, offset);
    if (jpeg === undefined) return jpegs;
    jpegs.push(jpeg);
    offset += jpeg.bytes.byteLength;
  }
};

const readJpeg = (bytes: Uint8Array, start: number): Jpeg | undefined => {
  if (bytes[start] !== 0xff || bytes[start + 1] !== START) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let size = { width: 0, height: 0 };
  let offset = start + 2;
  while (offset + 2 <= bytes.length && view.getUint8(offset) === 0xff) {
    const marker = view.getUint8(offset + 1);
    // A copy, because a view would keep all other JPEGs in memory.
    if (marker === END) return { bytes: new Uint8Array(bytes.subarray(start, offset + 2)), ...size };
    if (offset + 4 > bytes.length) return undefined;
    const length = view.getUint16(offset + 2);
    if (isStartOfFrame(marker) && offset + 9 <= bytes.length) {
      size = { height: view.getUint16(offset + 5), width: view.getUint16(offset + 7) };
    }
    offset += 2 + length;
    if (marker === START_OF_SCAN) offset = endOfScan(bytes, offset);
  }
  return undefined;
};

/** The offset of the next marker. In picture data, 0xff is followed by 0 or is part of a restart marker. */
const endOfScan = (bytes: Uint8Array, start: number): number => {
  for (let offset = bytes.indexOf(0xff, start); offset >= 0; offset = bytes.indexOf(0xff, offset + 1)) {
    const next = bytes[offset + 1];
    if (next === undefined) break;
    if (next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return offset;
  }
  return bytes.length;
};

/** SOF0–SOF15 without DHT, JPG and DAC, which share the range. */
const isStartOfFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
