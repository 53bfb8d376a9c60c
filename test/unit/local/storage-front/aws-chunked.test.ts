import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { AwsChunkedDecoder } from '../../../../local/storage-front/aws-chunked.ts';

const encode = (parts: readonly Uint8Array[]): Buffer =>
  Buffer.concat([
    ...parts
      .filter((part) => part.length > 0)
      .flatMap((part) => [
        Buffer.from(`${part.length.toString(16)};chunk-signature=abc\r\n`),
        part,
        Buffer.from('\r\n'),
      ]),
    Buffer.from('0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n'),
  ]);

const slices = (bytes: Buffer, size: number): Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );

const decode = (bytes: Buffer, size: number) =>
  buffer(Readable.from(slices(bytes, size)).pipe(new AwsChunkedDecoder()));

test('decodes the encoded bytes from pieces of any size', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ maxLength: 200 })),
      fc.integer({ min: 1, max: 64 }),
      async (parts, size) => {
        expect(await decode(encode(parts), size)).toEqual(Buffer.concat(parts));
      },
    ),
  );
});

test.each(['zz\r\nabc', '3\r\nab', '3\r\nabc\r\n', ''])(
  '%j fails as malformed or truncated',
  async (text) => {
    const decoder = new AwsChunkedDecoder();
    decoder.resume();
    const failed = new Promise((resolve) => decoder.once('error', resolve));
    decoder.end(Buffer.from(text));
    expect(await failed).toMatchObject({ code: 'IncompleteBody', status: 400 });
  },
);
