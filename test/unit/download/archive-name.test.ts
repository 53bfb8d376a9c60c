import { S3Client } from '@aws-sdk/client-s3';
import { parse } from 'content-disposition';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { S3Links } from '../../../functions/download/adapters/s3-links.ts';
import { archiveName } from '../../../functions/download/core/archive-name.ts';

const links = new S3Links(
  new S3Client({ region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } }),
  'bucket',
);

/** The Content-Disposition header that S3 will send. */
const headerFor = async (fileName: string): Promise<string> => {
  const url = await links.toArchive('key', archiveName(fileName), 60);
  return new URL(url).searchParams.get('response-content-disposition') ?? '';
};

describe('the name of a downloaded ZIP', () => {
  test.each([
    ['holiday.mp4', 'holiday-frames.zip'],
    ['Holiday.in.Rome.MOV', 'Holiday.in.Rome-frames.zip'],
    ['no extension', 'no extension-frames.zip'],
    ['../../etc/passwd.mp4', 'passwd-frames.zip'],
    ['C:\\videos\\a.avi', 'a-frames.zip'],
    ['a "quoted" name.mp4', 'a _quoted_ name-frames.zip'],
    ['a\r\nSet-Cookie: x.mp4', 'aSet-Cookie_ x-frames.zip'],
    ['invoice\u202e4pm.exe.mkv', 'invoice4pm.exe-frames.zip'],
    ['\u2066a\u2069\ufeff.mp4', 'a-frames.zip'],
    ['CON.mp4', '_CON-frames.zip'],
    ['nul.tar.mp4', '_nul.tar-frames.zip'],
    ['console.mp4', 'console-frames.zip'],
    ['-rf.mp4', 'rf-frames.zip'],
    ['..hidden.mp4', 'hidden-frames.zip'],
    ['$(reboot)`id`.mp4', '_(reboot)_id_-frames.zip'],
    ['.mp4', 'video-frames.zip'],
    ['/.mp4', 'video-frames.zip'],
    ['', 'video-frames.zip'],
    ['e\u0301te\u0301.mp4', 'été-frames.zip'],
    ['🧑‍🚀.mp4', '🧑‍🚀-frames.zip'],
  ])('%j → %j', (source, expected) => {
    expect(archiveName(source).fileName).toBe(expected);
  });

  test.each([
    ['été.mp4', 'ete-frames.zip'],
    ['休暇.mp4', 'video-frames.zip'],
    ['100%25.mp4', '100_25-frames.zip'],
  ])('%j has the ASCII fallback name %j', (source, expected) => {
    expect(archiveName(source).asciiFallback).toBe(expected);
  });

  test('is cut to 255 bytes between characters', () => {
    const { fileName } = archiveName(`${'🎬'.repeat(100)}.mp4`);
    expect(Buffer.byteLength(fileName)).toBeLessThanOrEqual(255);
    expect(Buffer.byteLength(fileName)).toBeGreaterThan(250);
    expect(fileName).toMatch(/^(?:🎬)+-frames\.zip$/u);
  });

  test('is one plain file name in one header, for any source name', async () => {
    const anything = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.string());
    await fc.assert(
      fc.asyncProperty(anything, anything, async (a, b) => {
        const source = `${a}${b}.mp4`;
        const header = await headerFor(source);
        expect(header).toMatch(/^attachment; filename[\x20-\x7e]+$/);
        const { type, parameters } = parse(header);
        expect(type).toBe('attachment');
        expect(parameters.filename).toBe(archiveName(source).fileName);
        expect(parameters.filename).toMatch(/^[^-.\s/\\"][^/\\"\p{Cc}]*-frames\.zip$/u);
        expect(parameters.filename).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
        expect(Buffer.byteLength(parameters.filename ?? '')).toBeLessThanOrEqual(255);
      }),
    );
  });
});
