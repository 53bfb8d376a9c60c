import { expect, test } from 'vitest';
import { findNamed } from '../../../local/names.ts';

const queues = [
  'UploadInboxQueueB1D9E898',
  'UploadInboxDeadLetters6829D1C4',
  'WorkerInboxQueueF0479A04',
  'Jobs',
].map((logicalId) => ({ logicalId, name: `app-${logicalId}` }));

test.each([
  ['Jobs', 'Jobs'],
  ['UploadInboxQueueB1D9E898', 'UploadInboxQueueB1D9E898'],
  ['app-Jobs', 'Jobs'],
  ['uploadInboxQueue', 'UploadInboxQueueB1D9E898'],
  ['WorkerInbox', 'WorkerInboxQueueF0479A04'],
  ['InboxDeadLetters', 'UploadInboxDeadLetters6829D1C4'],
])('%s finds %s', (name, logicalId) => {
  expect(findNamed('queue', queues, name).logicalId).toBe(logicalId);
});

test.each(['Upload', 'InboxQueue', 'Nothing'])(
  '%s matches no single queue, and the error lists the queues',
  (name) => {
    expect(() => findNamed('queue', queues, name)).toThrow(
      /No unique queue matches "[^"]+"; candidates: .*WorkerInboxQueue/,
    );
  },
);
