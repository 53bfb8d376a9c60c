import { describe, expect, it } from 'vitest';
import { pickFramesArguments } from '../../../../engine/ffmpeg-cli/arguments.ts';
import { FfmpegLog } from '../../../../engine/ffmpeg-cli/ffmpeg-log.ts';
import { splitJpegs } from '../../../../engine/ffmpeg-cli/jpeg.ts';
import { PacketList } from '../../../../engine/ffmpeg-cli/packet-list.ts';
import { orderedPrefetch } from '../../../../engine/ordered-prefetch.ts';

const logOf = (...lines: string[]) => {
  const log = new FfmpegLog();
  for (const line of lines) log.add(line);
  return log;
};

describe('FfmpegLog', () => {
  it('reads the first decoded frame and the picked frames', () => {
    const log = logOf(
      '[showinfo@anchor @ 0x1f] n:   0 pts:  -1024 pts_time:-0.08  pos:  8960 fmt:yuv420p sar:1/1 s:320x240 i:P iskey:1',
      '[showinfo@anchor @ 0x2f] n:   0 pts:   9999 pts_time:0.8    pos:  8960 fmt:yuv420p sar:1/1 s:640x480 i:P iskey:1',
      '[showinfo@pick @ 0x1f] n:   0 pts: 128000 pts_time:10      pos: 51234 fmt:yuv420p sar:1/1 s:320x240 i:P iskey:1',
    );
    expect(log.anchor).toEqual({ pts: -1024, width: 320, height: 240 });
    expect(log.picks).toEqual([{ pts: 128_000, width: 320, height: 240 }]);
  });

  it('ignores the file’s own text, which FFmpeg indents', () => {
    const log = logOf(
      '    title           : x',
      "                    : Stream map '0:V:0' matches no streams.",
      '    [showinfo@pick @ 0x1f] n: 0 pts: 5 pts_time:5 s:1x1 : y',
      '    Duration: 99:00:00.00, start: y',
    );
    expect(log).toMatchObject({ noVideoStream: false, picks: [], declaredDurationSeconds: undefined });
  });

  it('distinguishes a refused video codec from a refused audio codec', () => {
    expect(logOf("[NULL @ 0x1] Codec (aac) not on whitelist 'h264'").codecRefused).toBe(false);
    expect(logOf("[flv @ 0x1] Codec (flv) not on whitelist 'h264'").codecRefused).toBe(true);
  });

  it('recognises high dynamic range by its transfer function', () => {
    const stream = (colours: string) =>
      logOf(`    Stream #0:0(und): Video: hevc (Main 10), yuv420p10le(tv, ${colours}), 320x240, 15 fps`);
    expect(stream('bt2020nc/bt2020/smpte2084').highDynamicRange).toBe(true);
    expect(stream('bt2020nc/bt2020/arib-std-b67').highDynamicRange).toBe(true);
    expect(stream('bt709').highDynamicRange).toBe(false);
  });
});

describe('PacketList', () => {
  const HEADER = '#tb 0: 1/12800\n#codec_id 0: h264\n#dimensions 0: 320x240\n';
  const listOf = (...chunks: string[]) => {
    const list = new PacketList();
    for (const chunk of chunks) list.add(Buffer.from(chunk));
    return list;
  };

  it('reads header and packets, however the output is cut into chunks', () => {
    const text = `${HEADER}0, -512, 0, 512, 10, 0x1\n0, 0, 1024, 512, 10, 0x1, F=0x0\n`;
    for (const cut of [1, 20, 60, 85]) {
      const list = listOf(text.slice(0, cut), text.slice(cut));
      expect(list).toMatchObject({ codec: 'h264', width: 320, height: 240 });
      const samples = list.toSampleIndex();
      expect([...samples.times]).toEqual([0, 1024]);
      expect(samples).toMatchObject({ endTicks: 1536, exact: true, startsWithKeyframe: true });
    }
  });

  it('leaves out samples before the edit, but remembers their keyframe', () => {
    const list = listOf(HEADER, '0, -1024, -1024, 512, 10, 0x1, F=0x5\n0, -512, 0, 512, 10, 0x1, F=0x0\n');
    const samples = list.toSampleIndex();
    expect([...samples.times]).toEqual([0]);
    expect([...samples.keyframes]).toEqual([-1024]);
    expect(samples.startsWithKeyframe).toBe(false);
  });

  it('assigns pictures shown before their keyframe to the previous keyframe', () => {
    const list = listOf(HEADER, '0, 0, 0, 1, 9, 0x1\n0, 1, 10, 1, 9, 0x1\n0, 2, 9, 1, 9, 0x1, F=0x0\n');
    expect([...list.toSampleIndex().keyframes]).toEqual([0, 10, 0]);
  });

  it('falls back to decode times when one presentation time is missing', () => {
    const list = listOf(HEADER, '0, 0, -9223372036854775808, 1, 9, 0x1\n0, 1, 1, 1, 9, 0x1, F=0x0\n');
    expect(list.toSampleIndex().exact).toBe(false);
    expect([...list.toSampleIndex().times]).toEqual([0, 1]);
  });
});

describe('splitJpegs', () => {
  /** SOI, a comment that contains an end marker, SOF0 of 16x8, SOS with data that contains stuffing, EOI. */
  const jpeg = Buffer.from([
    ...[0xff, 0xd8, 0xff, 0xfe, 0, 4, 0xff, 0xd9],
    ...[0xff, 0xc0, 0, 11, 8, 0, 8, 0, 16, 1, 1, 0x11, 0],
    ...[0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 1, 2, 0xff, 0, 3, 0xff, 0xd0, 4, 0xff, 0xd9],
  ]);

  it('finds each picture with its size', () => {
    const found = splitJpegs(Buffer.concat([jpeg, jpeg]));
    expect(found).toEqual([0, 1].map(() => ({ bytes: new Uint8Array(jpeg), width: 16, height: 8 })));
  });

  it.each([1, 5, 12, 25, 40])('leaves out a picture cut off after %d bytes', (length) => {
    expect(splitJpegs(Buffer.concat([jpeg, jpeg.subarray(0, length)]))).toHaveLength(1);
  });

  it('finds no picture in an empty output', () => {
    expect(splitJpegs(new Uint8Array())).toEqual([]);
  });
});

describe('orderedPrefetch', () => {
  it('yields in order and works ahead by the concurrency at most', async () => {
    let begun = 0;
    const results = orderedPrefetch([30, 1, 20, 1, 1], 2, async (milliseconds) => {
      begun += 1;
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      return milliseconds;
    });
    const seen: number[] = [];
    for await (const result of results) {
      seen.push(result);
      expect(begun).toBeLessThanOrEqual(seen.length + 2);
    }
    expect(seen).toEqual([30, 1, 20, 1, 1]);
  });

  it('throws a failure at its position in the order', async () => {
    const results = orderedPrefetch([1, 2, 3], 3, async (value) => {
      if (value === 2) throw new Error('two');
      return value;
    });
    await expect(results.next()).resolves.toMatchObject({ value: 1 });
    await expect(results.next()).rejects.toThrow('two');
  });

  it.each(['leaves', 'meets a failure'])('aborts the work under way when its reader %s', async (event) => {
    const ended: number[] = [];
    const results = orderedPrefetch([1, 2, 3], 3, async (value, signal) => {
      if (value === 1 && event === 'leaves') return value;
      if (value === 1) throw new Error('one');
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      ended.push(value);
      throw signal.reason;
    });
    const first = await results.next().catch(() => undefined);
    expect(first?.value).toBe(event === 'leaves' ? 1 : undefined);
    await results.return(undefined);
    expect(ended).toEqual([2, 3]);
  });
});

describe('pickFramesArguments', () => {
  it('places the limits on protocols, formats, codecs and sizes before the input', () => {
    const args = pickFramesArguments({
      ...{ container: 'mp4', threads: 1, cpuSeconds: 60, thresholds: [0, 5], highDynamicRange: false },
    });
    const input = args.indexOf('-i');
    const valueAfter = (name: string) => args.slice(0, input)[args.indexOf(name) + 1];
    expect(valueAfter('-protocol_whitelist')).toBe('file');
    expect(valueAfter('-format_whitelist')).toBe('mov,matroska,avi');
    expect(valueAfter('-f')).toBe('mov');
    expect(valueAfter('-max_alloc')).toBe('268435456');
    expect(valueAfter('-max_pixels')).toBe('33177600');
    expect(valueAfter('-max_streams')).toBe('16');
    expect(valueAfter('-codec_whitelist')).toMatch(/^h264,hevc,/);
    expect(args[input + 1]).toBe('file:source');
    expect(args).toContain('-nostdin');
    expect(args[args.indexOf('-frames:v') + 1]).toBe('2');
  });
});
