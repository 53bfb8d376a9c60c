import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { publishSite } from '../../../functions/site/publish-site.ts';
import { readSite, type SiteFile } from '../../../functions/site/read-site.ts';
import { siteFiles } from '../../../site/build.ts';

describe('The published site', () => {
  const bucket = `site-${randomUUID()}`;
  const files = siteFiles();
  let directory: string;
  let s3: S3Client;
  let read: SiteFile[];

  beforeAll(async () => {
    s3 = new S3Client({
      endpoint: inject('services').s3Endpoint,
      forcePathStyle: true,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    await s3.send(new CreateBucketCommand({ Bucket: bucket }));
    directory = await mkdtemp(join(tmpdir(), 'frame-flow-site-'));
    for (const [path, content] of files) {
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeFile(join(directory, path), content);
    }
    read = await readSite(directory);
    await s3.send(
      new PutObjectCommand({ Bucket: bucket, Key: 'assets/of-an-earlier-page-1.js', Body: 'earlier' }),
    );
    await publishSite(s3, bucket, read);
  });
  afterAll(async () => {
    s3.destroy();
    await rm(directory, { recursive: true, force: true });
  });

  it('has every file, and keeps those that earlier pages load', async () => {
    const { Contents: objects = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
    const keys = [...files.keys(), 'assets/of-an-earlier-page-1.js'];
    expect(objects.map(({ Key }) => Key).toSorted()).toEqual(keys.toSorted());
  });

  it.each([...files])('%s has its content, content type and time', async (path, content) => {
    const object = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: path }));
    expect(await object.Body?.transformToString()).toBe(content);
    expect(object.ContentType).toMatch(/^(text|application|image)\//);
    expect(object.CacheControl).toBe(
      path.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    );
  });

  it('gets its pages last, so that none loads a file that is missing', async () => {
    const order: string[] = [];
    const recorder = new S3Client({
      region: 'us-east-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    });
    recorder.middlewareStack.add(() => async ({ input }) => {
      order.push('Key' in input ? String(input.Key) : '');
      return { output: { $metadata: {} }, response: undefined };
    });
    await publishSite(recorder, bucket, read);
    expect(order).toHaveLength(read.length);
    const firstPage = order.findIndex((path) => !path.startsWith('assets/'));
    expect(order.slice(firstPage).filter((path) => path.startsWith('assets/'))).toEqual([]);
  });
});
