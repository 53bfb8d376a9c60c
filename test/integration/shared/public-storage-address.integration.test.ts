import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { Download, FramePage } from '../../../functions/contracts/http.ts';
import { startDownloadContext } from '../../support/download-context.ts';
import { someOrigin } from '../../support/events.ts';
import { deliverEvents } from '../../support/sqs-event.ts';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';
import { startUploadContext } from '../../support/upload-context.ts';

/** The run's S3 behind a second address, which the functions use only for signing. */
let gate: TcpProxy;
let publicUrl: string;

beforeAll(async () => {
  const { hostname, port } = new URL(inject('services').s3Endpoint);
  gate = await startTcpProxy({ host: hostname, port: Number(port) });
  publicUrl = `http://127.0.0.1:${gate.port}`;
});
afterAll(() => gate.close());

describe('When users reach S3 at another address than the functions', () => {
  it('forms have the users’ address', async () => {
    const upload = await startUploadContext({ S3_PUBLIC_ENDPOINT: publicUrl });
    const { upload: form } = await upload.create(someOrigin().userId);
    expect(form.url).toMatch(new RegExp(`^${publicUrl}/${upload.objects.bucket}/?$`));
    await upload.close();
  });

  it('URLs have the users’ address and work there, but the functions’ own calls do not use it', async () => {
    const download = await startDownloadContext({ S3_PUBLIC_ENDPOINT: publicUrl });
    const origin = someOrigin();
    expect(await deliverEvents(download.inbox, await download.extract(origin, { zip: 'the zip' }))).toEqual(
      [],
    );
    const get = async (what: string) =>
      (
        await download.get(origin.userId, `/videos/${origin.sagaId}/${what}`, {
          headers: { Accept: 'application/json' },
        })
      ).body;
    const { url } = Download.parse(await get('download'));
    const { items } = FramePage.parse(await get('frames'));
    expect(gate.connections).toBe(0);
    expect(new URL(url).origin).toBe(publicUrl);
    expect(await (await fetch(url)).text()).toBe('the zip');
    expect(items.length).toBeGreaterThan(0);
    for (const frame of items) {
      expect(new URL(frame.url).origin).toBe(publicUrl);
      expect((await fetch(frame.url)).status).toBe(200);
    }
    await download.close();
  });
});
