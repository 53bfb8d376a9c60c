/** The first bytes of files of each container, enough for code that reads only the start. */

const box = (type: string, content: Uint8Array | string = '', sizeBytes?: number): Buffer => {
  const body = Buffer.from(content);
  const header = Buffer.alloc(8);
  header.writeUInt32BE(sizeBytes ?? body.length + 8);
  header.write(type, 4, 'latin1');
  return Buffer.concat([header, body]);
};

const ftyp = (brand: string, ...compatible: string[]): Buffer =>
  box('ftyp', Buffer.from(`${brand}\0\0\0\u0001${compatible.join('')}`, 'latin1'));

/** An EBML element with its size in `sizeLength` bytes. */
const element = (id: number[], content: Uint8Array, sizeLength = 1): Buffer => {
  const size = Buffer.alloc(sizeLength);
  size.writeUIntBE(content.length, Math.max(0, sizeLength - 4), Math.min(4, sizeLength));
  size[0] = (size[0] ?? 0) | (0x80 >> (sizeLength - 1));
  return Buffer.concat([Buffer.from(id), size, content]);
};

const ebml = (docType: string, sizeLength = 1): Buffer =>
  element(
    [0x1a, 0x45, 0xdf, 0xa3],
    Buffer.concat([
      element([0x42, 0x86], Buffer.from([1])),
      element([0x42, 0xf7], Buffer.from([1])),
      element([0x42, 0x82], Buffer.from(docType)),
    ]),
    sizeLength,
  );

export const media = { box, ftyp, ebml };

/** A file of `sizeBytes` that begins like an MP4. */
export const mp4Like = (sizeBytes: number): Buffer =>
  Buffer.concat([ftyp('isom', 'isom', 'mp42'), Buffer.alloc(sizeBytes)]).subarray(0, sizeBytes);
