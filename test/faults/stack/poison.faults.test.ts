import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clip } from '../../support/clips.ts';
import { someEvent, someSource } from '../../support/events.ts';
import { eventually } from '../../support/eventually.ts';
import { type FaultStack, startFaultStack } from '../../support/fault-stack.ts';

let faults: FaultStack;

beforeAll(async () => {
  // A message that the extraction's function refuses stays invisible for a little longer than the function's timeout.
  faults = await startFaultStack({ extractionTimeoutSeconds: 15 });
});
afterAll(() => faults.close());

const order = someEvent('PROCESS_FILE', { attempt: 1, target: 'lambda', source: someSource() });
const POISON = [
  '{"type":',
  JSON.stringify({ ...order, version: 2 }),
  JSON.stringify({ ...order, type: 'FILE_EATEN' }),
  JSON.stringify(someEvent('FILE_UPLOADED', someSource())),
];
const INBOXES = ['ProcessInbox', 'ProcessWorkerInbox'];
const upload = async (): Promise<string> =>
  faults.api.uploadFile(await clip('h264.mp4'), { intervalSeconds: 1 });

/** Starts a saga whose first attempt crashes and is reported at once, so that the worker runs the second attempt. */
const uploadForWorker = async (): Promise<string> => {
  const id = await upload();
  await faults.untilClaimed(id, 1);
  await faults.whileStorageHangs(() => faults.stack.lambda('ProcessInboxHandler').killSandboxes());
  const saga = await faults.sagaOf(id);
  if (!saga) throw new Error('the saga is not stored');
  const failure = { attempt: 1, code: 'ENGINE_CRASHED', retryable: true, message: 'It died.' } as const;
  await faults.sendEvent('OrchestratorInboxQueue', someEvent('FILE_FAILED', failure, saga));
  await faults.untilClaimed(id, 2);
  return id;
};

describe('poison in the inboxes of the extraction', () => {
  it('reaches the dead letters without a manual step, and other sagas continue meanwhile', async () => {
    for (const inbox of INBOXES)
      for (const [position, body] of POISON.entries())
        await faults.send(`${inbox}Queue`, body, `poison-${position}`);

    for (const id of [await upload(), await uploadForWorker()]) {
      await faults.api.untilStatus(id, ['READY']);
      await faults.expectWhole(id);
      await faults.untilSaga(id, 'COMPLETED');
    }
    for (const inbox of INBOXES) {
      await eventually(
        `the dead letters of ${inbox}`,
        async () => ((await faults.messagesIn(`${inbox}DeadLetters`)) === POISON.length ? true : undefined),
        280,
      );
      expect(await faults.messagesIn(`${inbox}Queue`)).toBe(0);
    }
  }, 600_000);
});
