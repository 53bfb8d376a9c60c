import { openAsBlob } from 'node:fs';
import { stat } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DatabaseContext, databaseRole } from '../../../functions/contracts/database.ts';
import { postForm } from '../../support/api-client.ts';
import { clip } from '../../support/clips.ts';
import { eventually } from '../../support/eventually.ts';
import { type FaultStack, startFaultStack } from '../../support/fault-stack.ts';

let faults: FaultStack;

beforeAll(async () => {
  // Five receives are over within ten seconds: an outage of seconds is one of hours on AWS.
  faults = await startFaultStack({
    inboxTimeoutSeconds: 2,
    inboxVisibilitySeconds: 2,
    deadLetterVisibilitySeconds: 2,
  });
});
afterAll(() => faults.close());

/** A video whose form was given out; `send` uploads its source. */
const declare = async () => {
  const path = await clip('short.mp4');
  const { size } = await stat(path);
  const { id, upload } = await faults.api.createVideo({ fileName: 'short.mp4', sizeBytes: size });
  return { id, send: async () => expect((await postForm(upload, await openAsBlob(path))).status).toBe(204) };
};
/** PostgreSQL is away for this context alone, so that the others go on and bring it events. */
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
  it('costs no video and no step by hand: dead letters are taken up where it ends', async () => {
    const [first, second] = [await declare(), await declare()];
    const dynamo = faults.stack.process('dynamodb');
    // What can never be consumed stays and holds up no other.
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
    // The dead FILE_UPLOADED starts its saga, which ends; what it says to upload dies, READY included.
    await faults.untilSaga(first.id, 'COMPLETED');
    await untilDead('UploadObjectCreatedDeadLetters', 1);
    await untilDead('UploadInboxDeadLetters', 4);

    await reconnect('upload');
    for (const { id } of [first, second]) {
      await eventually(
        'its end',
        async () => {
          const { status } = await faults.api.video(id).catch(() => ({ status: 'unknown' }));
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
