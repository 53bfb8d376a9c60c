import { afterEach, describe, expect, it } from 'vitest';
import { SagaEvent, type SagaEventOf } from '../../../functions/contracts/events.ts';
import { EventId } from '../../../functions/contracts/ids.ts';
import { clip } from '../../support/clips.ts';
import { someEvent } from '../../support/events.ts';
import { eventually } from '../../support/eventually.ts';
import { type FaultStack, startFaultStack } from '../../support/fault-stack.ts';

const TEN_MINUTES = 600;
/** Processes that set leases and deadlines, and processes that detect their expiry. */
const SETTERS = ['ProcessInboxHandler', 'worker', 'OrchestratorInboxHandler'];
const FINDERS = ['ProcessSweep', 'ProcessDeadLetters', 'OrchestratorSweep'];

let faults: FaultStack;
afterEach(() => faults.close());

const start = async (setters: number, finders: number): Promise<void> => {
  const clockOffsetSeconds = Object.fromEntries([
    ...SETTERS.map((name) => [name, setters] as const),
    ...FINDERS.map((name) => [name, finders] as const),
  ]);
  faults = await startFaultStack({}, { clockOffsetSeconds });
};
const upload = async (): Promise<string> =>
  faults.api.uploadFile(await clip('h264.mp4'), { intervalSeconds: 1 });

/** The order of the first attempt, rebuilt with the id of the orchestrator's event. */
const orderOf = async (id: string): Promise<SagaEventOf<'PROCESS_FILE'>> => {
  const { rows } = await faults.pool.query<{ event: unknown; command_id: string }>(
    `SELECT outbox.event, job.command_id FROM upload.outbox JOIN process.job ON job.video_id = outbox.saga_id
     WHERE outbox.saga_id = $1 AND outbox.event->>'type' = 'FILE_UPLOADED'`,
    [id],
  );
  const uploaded = SagaEvent.parse(rows[0]?.event);
  if (uploaded.type !== 'FILE_UPLOADED') throw new Error('no FILE_UPLOADED');
  const order = someEvent(
    'PROCESS_FILE',
    { attempt: 1, target: 'lambda', source: uploaded.payload },
    uploaded,
  );
  return { ...order, id: EventId.parse(rows[0]?.command_id) };
};
/** The timestamps of log lines with this text, in seconds relative to the test's clock. */
const saidAt = async (name: string, text: string): Promise<number[]> => {
  const lines = await faults.logged(faults.stack.lambda(name).model.logicalId, text);
  return lines.map((line) => (Date.parse(JSON.parse(line).timestamp) - Date.now()) / 1000);
};
const expectClock = async (name: string, text: string, offset: number): Promise<void> => {
  const moments = await saidAt(name, text);
  expect(moments.length, `${name}: ${text}`).toBeGreaterThan(0);
  for (const moment of moments) expect(Math.abs(moment - offset), name).toBeLessThan(240);
};

/**
 * Runs an extraction that takes longer than its lease and is ordered a second time meanwhile. The second order must
 * leave it to the first run, even if a clock shows that the lease has expired.
 */
const runLong = async (): Promise<string> => {
  const id = await upload();
  await faults.untilClaimed(id, 1);
  await faults.whileStorageHangs(async () => {
    const order = await orderOf(id);
    const lapses = await faults.pool.query<{ at: Date }>(`SELECT now() + interval '10 seconds' AS at`);
    for (const queue of ['ProcessInboxQueue', 'ProcessWorkerInboxQueue'])
      await faults.send(queue, JSON.stringify(order), `again-${queue}`);
    for (const name of [faults.stack.lambda('ProcessInboxHandler').model.logicalId, 'worker'])
      await eventually(`the second order at ${name}`, async () =>
        (await faults.logged(name, '"held"')).find((line) => line.includes(id)),
      );
    await eventually('the lease to have been renewed', async () => {
      const { rows } = await faults.pool.query('SELECT now() > $1 AS over', [lapses.rows[0]?.at]);
      return rows[0]?.over || undefined;
    });
  });
  return id;
};

/** Kills the process of a run, which must be detected by its lease. */
const runKilled = async (): Promise<string> => {
  const id = await upload();
  await faults.untilClaimed(id, 1);
  await faults.whileStorageHangs(() => faults.stack.lambda('ProcessInboxHandler').killSandboxes());
  return id;
};

describe('clocks that are off by ten minutes', () => {
  it.each([
    [
      'behind in processes that set leases and deadlines, ahead in processes that check them',
      -TEN_MINUTES,
      TEN_MINUTES,
    ],
    [
      'ahead in processes that set leases and deadlines, behind in processes that check them',
      TEN_MINUTES,
      -TEN_MINUTES,
    ],
  ])(
    '%s: no lease is stolen, no deadline passes early, and no crash is overlooked',
    async (_, setters, finders) => {
      await start(setters, finders);
      const long = await runLong();
      await faults.api.untilStatus(long, ['READY']);
      await faults.expectWhole(long);
      await faults.untilSaga(long, 'COMPLETED');
      await faults.expectOnce(long);

      const killed = await runKilled();
      await faults.api.untilStatus(killed, ['READY']);
      await faults.expectWhole(killed);
      await faults.untilSaga(killed, 'COMPLETED');
      expect(await faults.eventsOf('process', killed)).toEqual(['FILE_FAILED', 'FILE_PROCESSED']);

      await expectClock('ProcessInboxHandler', '"Attempt taken on"', setters);
      await expectClock('ProcessSweep', '"Attempts failed after a lapsed lease"', finders);
    },
  );
});
