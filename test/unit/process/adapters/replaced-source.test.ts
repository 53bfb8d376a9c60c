import { GetObjectCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { expect, test } from 'vitest';
import { S3FrameStore } from '../../../../functions/process/adapters/s3/s3-frame-store.ts';
import { someEvent, someSource } from '../../../support/events.ts';

test('every way of reading fails with SOURCE_REPLACED when the object was replaced after its check', async () => {
  mockClient(S3Client)
    .on(GetObjectCommand, { IfMatch: '"abc"' })
    .rejects(
      new S3ServiceException({
        name: 'PreconditionFailed',
        $fault: 'client',
        $metadata: { httpStatusCode: 412 },
      }),
    );
  const event = someEvent('PROCESS_FILE', {
    attempt: 1,
    target: 'lambda',
    source: someSource({ etag: '"abc"' }),
  });
  const source = new S3FrameStore(new S3Client({}), 'bucket').openSource(event);
  const { signal } = new AbortController();
  const replaced = { code: 'SOURCE_REPLACED' };
  await expect(source.read({ offset: 0, length: 10 }, signal)).rejects.toMatchObject(replaced);
  await expect(source.stream(signal)[Symbol.asyncIterator]().next()).rejects.toMatchObject(replaced);
  await expect(source.sha256(signal)).rejects.toMatchObject(replaced);
});
