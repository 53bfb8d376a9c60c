import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { SagaEvent } from '../../../functions/contracts/events.ts';
import { lambdaContext } from '../../support/api-event.ts';
import { eventually } from '../../support/eventually.ts';
import { type ProcessContextUnderTest, startProcessContext } from '../../support/process-context.ts';
import { sqsBatch } from '../../support/sqs-event.ts';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';
import { tick } from '../../support/upload-context.ts';
import { sha256 } from '../../support/zip.ts';

let proxy: TcpProxy;
let context: ProcessContextUnderTest;
let inbox: typeof import('../../../functions/process/inbox.lambda.ts').handler;
let sweep: typeof import('../../../functions/process/sweep.lambda.ts').handler;

beforeAll(async () => {
  proxy = await startTcpProxy(inject('services').postgres);
  context = await startProcessContext();
  // Only the context's functions use the proxy; the test's own queries do not.
  Object.assign(process.env, { DATABASE_HOST: '127.0.0.1', DATABASE_PORT: String(proxy.port) });
  ({ handler: inbox } = await import('../../../functions/process/inbox.lambda.ts'));
  ({ handler: sweep } = await import('../../../functions/process/sweep.lambda.ts'));
});
afterAll(async () => {
  await context.close();
  await proxy.close();
});

/** A parameter of the statement that writes a result, and of no other. */
const DONE = 'DONE';

/** Delivers an event as Lambda does, with the whole time of the function left. */
const deliver = (event: SagaEvent) =>
  inbox(sqsBatch([{ body: JSON.stringify(event), group: event.sagaId }]), lambdaContext(600_000));

/** Asserts one extraction, one result and one ZIP in the bucket. */
const expectDoneOnce = async (event: Awaited<ReturnType<ProcessContextUnderTest['order']>>) => {
  const told = await context.emitted(event.sagaId);
  expect(told.map(({ type }) => type)).toEqual(['EXTRACTION_STARTED', 'FILE_PROCESSED']);
  const result = told[1];
  if (result?.type !== 'FILE_PROCESSED') throw new Error(`${result?.type} was told`);
  expect(sha256(await context.read(result.payload.storageKey))).toBe(result.payload.sha256);
  await sweep(tick, lambdaContext());
  expect(sha256(await context.read(result.payload.storageKey))).toBe(result.payload.sha256);
  expect((await context.keysOf(event)).filter((key) => key === 'frames.zip')).toHaveLength(1);
};

describe('a database connection that breaks during an extraction', () => {
  it.each([
    ['before its claim is carried out', (way: TcpProxy) => way.loseRequest('INSERT INTO job')],
    ['before the answer to its claim', (way: TcpProxy) => way.loseAnswerTo('COMMIT')],
    ['before its result is written', (way: TcpProxy) => way.loseRequest(DONE)],
    ['before the answer to its result', (way: TcpProxy) => way.loseAnswerTo(DONE)],
    ['silently, when its result is written', (way: TcpProxy) => way.silenceAfter(DONE)],
    ['when it checks whether it is still current', (way: TcpProxy) => way.loseAnswerTo('FROM job WHERE')],
  ])('%s, costs no second extraction', async (_, disturb) => {
    const event = await context.order('short.mp4');
    const disturbed = disturb(proxy);
    expect(await deliver(event)).toEqual({ batchItemFailures: [] });
    await disturbed;
    await expectDoneOnce(event);
  });

  it('after the commit of the result and before its answer, does not change the result', async () => {
    const event = await context.order('h264.mp4');
    const delivered = deliver(event);
    // The commit of the result is the next one after the claim's.
    await eventually('the claim', async () => (await context.statusOf(event.sagaId)) ?? undefined);
    const disturbed = proxy.loseAnswerTo('COMMIT');
    expect(await delivered).toEqual({ batchItemFailures: [] });
    await disturbed;
    await expectDoneOnce(event);
  });
});
