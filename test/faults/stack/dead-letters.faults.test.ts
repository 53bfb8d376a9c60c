import { openAsBlob } from 'node:fs';
import { stat } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DatabaseContext, databaseRole } from '../../../functions/contracts/database.ts';
import { clip } from '../../support/clips.ts';
import { eventually } from '../../support/eventually.ts';
import { type FaultStack, startFaultStack } from '../../support/fault-stack.ts';
import { postForm } from '../../support/post-form.ts';

let faults: FaultStack;

beforeAll(async () => {
  // Five receives take less than ten seconds, so an outage of seconds acts like one of hours on AWS.
  faults = await startFaultStack({
    inboxTimeoutSeconds: 2,
    inboxVisibilitySeconds: 2,
    deadLetterVisibilitySeconds: 2,
  });
});
afterAll(() => faults.close());

/** Creates a video with a form; `send` uploads its source. */
const declare = async () => {
  const path = await clip('short.mp4');
  const { size } = await stat(path);
  const { id, upload } = await faults.api.client.createVideo({ fileName: 'short.mp4', sizeBytes: size });
  return { id, send: async () => expect((await postForm(upload, await openAsBlob(path))).status).toBe(204) };
};
/** Makes PostgreSQL unavailable for this context only, so that the other contexts still send it events. */
const cutOff = async (context: DatabaseContext): Promise<void> => {
  await faults.pool.query(`ALTER ROLE ${databaseRole(context)} NOLOGIN`);
  await faults.pool.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1', [
    databaseRole(context),
  ]);
};
const reconnect = (context: DatabaseContext) =>
  faults.pool.query(`ALTER ROLE ${databaseRole(context)} LOGIN`);
const untilDead = (queue: string, count: number) =>
  eventually(
    `${count} dead letters in ${queue}`,
    async () => ((await faults.messagesIn(queue)) >= count ? true : undefined),
    120,
  );

describe('an outage that outlasts every delivery', () => {
  it('loses no video and needs no manual step, because dead letters are consumed after it', async () => {
    const [first, second] = [await declare(), await declare()];
    const dynamo = faults.stack.process('dynamodb');
    // A message that can never be consumed stays and blocks no other.
    await faults.send('UploadInboxQueue', '{"type":', 'poison');
    await dynamo.stop();
    await cutOff('download');
    await first.send();
    await untilDead('OrchestratorInboxDeadLetters', 1);
    await untilDead('DownloadInboxDeadLetters', 1);
    await untilDead('UploadInboxDeadLetters', 1);
    expect(await faults.sagaOf(first.id).catch(() => undefined)).toBeUndefined();

    await cutOff('upload');
    await second.send();
    await reconnect('download');
    await dynamo.start();
    // FILE_UPLOADED from the dead letters starts its saga, which completes; its events to upload become dead letters.
    await faults.untilSaga(first.id, 'COMPLETED');
    await untilDead('UploadObjectCreatedDeadLetters', 1);
    await untilDead('UploadInboxDeadLetters', 4);

    await reconnect('upload');
    for (const { id } of [first, second]) {
      await eventually(
        'its end',
        async () => {
          const { status } = await faults.api.client.getVideo({ id }).catch(() => ({ status: 'unknown' }));
          return status === 'READY' || undefined;
        },
        120,
      );
      await faults.expectWhole(id);
      await faults.untilSaga(id, 'COMPLETED');
      await faults.expectOnce(id);
    }
    const left = { Orchestrator: 0, Download: 0, Upload: 1 };
    for (const [context, count] of Object.entries(left)) {
      await eventually(`the dead letters of ${context} to be gone`, async () =>
        (await faults.messagesIn(`${context}InboxDeadLetters`)) === count ? true : undefined,
      );
    }
    expect(await faults.messagesIn('UploadObjectCreatedDeadLetters')).toBe(0);
  });
});
