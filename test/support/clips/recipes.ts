import { readFile, writeFile } from 'node:fs/promises';
import { media } from '../media.ts';
import { ffmpeg, ffmpegOutput } from './ffmpeg.ts';

/** Every clip that the factory makes; the name is its file name. */
export type ClipName =
  | 'h264.mp4'
  | 'short.mp4'
  | 'three-minutes.mp4'
  | 'grain.mp4'
  | 'one-frame.mp4'
  | 'ntsc.mp4'
  | 'faststart.mp4'
  | 'h264.mkv'
  | 'fragmented.mp4'
  | 'live.mkv'
  | 'mjpeg.avi'
  | 'mpeg2.mkv'
  | 'prores.mov'
  | 'vp8.mkv'
  | 'ntsc.mkv'
  | 'vp9.mkv'
  | 'mpeg4.avi'
  | 'mpeg4-b-frames.avi'
  | 'xvid.avi'
  | 'h264-b-frames.avi'
  | 'edge-30s-b-frames.avi'
  | 'exactly-30s.mp4'
  | 'hevc.mov'
  | 'index-at-end.mov'
  | 'start-at-5s.mkv'
  | 'edit-list.mp4'
  | 'late-video.mp4'
  | 'long-audio.mp4'
  | 'low-rate-b-frames.mkv'
  | 'low-rate-b-frames.avi'
  | 'rate-59.94.mp4'
  | 'interlaced.mp4'
  | 'odd-size.mp4'
  | 'no-index.avi'
  | 'no-cues.mkv'
  | 'many-frames.mp4'
  | 'short-groups.mp4'
  | 'chroma-422.mov'
  | 'open-gop.mp4'
  | 'variable-rate.mkv'
  | 'slides.mkv'
  | 'ten-bit.mp4'
  | 'hdr10.mp4'
  | 'hlg.mp4'
  | 'av1.mkv'
  | 'bt709.mp4'
  | 'full-range.mp4'
  | 'rotated.mp4'
  | 'size-change.mkv'
  | 'empty.mp4'
  | 'garbage.mp4'
  | 'noise.avi'
  | 'truncated-index.mp4'
  | 'index-missing.mp4'
  | 'cut-off.mp4'
  | 'cut-off.mkv'
  | 'cut-off.avi'
  | 'nothing-decodable.mp4'
  | 'damaged-start.mp4'
  | 'damaged-middle.mp4'
  | 'audio-only.mp4'
  | 'cover-art.mp4'
  | 'cover.jpg'
  | 'flash-codec.avi'
  | 'huge-picture.mp4'
  | 'gap.mkv'
  | 'many-streams.mkv'
  | 'hls-playlist.mp4'
  | 'hls-after-ftyp.mp4'
  | 'concat-list.mp4'
  | 'dash-manifest.mp4'
  | 'session.mp4'
  | 'archive.mp4'
  | 'page.mp4'
  | 'picture.mp4'
  | 'heic-picture.mp4'
  | 'avif-picture.mp4';

/** Makes a clip at `target`; `clip` gives the path of another clip to start from. */
export type Recipe = (target: string, clip: (name: ClipName) => Promise<string>) => Promise<unknown>;

/** A picture that changes with every frame and shows its time. */
const picture = (seconds: number, rate = '25', size = '320x240') => [
  ...['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=${rate}:duration=${seconds}`],
];
const H264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-bf', '2', '-g', '250', '-pix_fmt', 'yuv420p'];
const H265 = ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=error:keyint=100'];
const tone = (seconds: number) => ['-f', 'lavfi', '-i', `sine=duration=${seconds}`];

const encode =
  (...args: string[][]): Recipe =>
  (target) =>
    ffmpeg([...args.flat(), target]);
const remux =
  (from: ClipName, ...args: string[]): Recipe =>
  async (target, clip) =>
    ffmpeg(['-i', await clip(from), '-c', 'copy', ...args, target]);
const bytes =
  (content: string | Buffer): Recipe =>
  (target) =>
    writeFile(target, content);
/** Part of another clip's bytes: the first `share` of them, or all but `cut` at the end. */
const beginningOf =
  (from: ClipName, part: { share: number } | { cut: number }): Recipe =>
  async (target, clip) => {
    const whole = await readFile(await clip(from));
    const length = 'share' in part ? Math.floor(whole.length * part.share) : whole.length - part.cut;
    await writeFile(target, whole.subarray(0, length));
  };

const FTYP = Buffer.from('\0\0\0\x18ftypisom\0\0\x02\0isomiso2', 'latin1');
/** Pseudo-random bytes, the same each time. */
const noise = (length: number): Buffer => {
  const result = Buffer.alloc(length);
  for (let position = 0, state = 1; position < length; position += 1) {
    state = (state * 48271) % 2147483647;
    result[position] = state & 0xff;
  }
  return result;
};

/** Zeroes a stretch of a clip's media data, given as shares of the file. */
const damaged =
  (from: ClipName, start: number, end: number): Recipe =>
  async (target, clip) => {
    const whole = await readFile(await clip(from));
    await writeFile(target, whole.fill(0, Math.floor(whole.length * start), Math.floor(whole.length * end)));
  };

/** The picture grows from 320x240 to 480x360 after 12 s, in one stream. */
const sizeChange: Recipe = async (target) => {
  const parts = [`${target}.1.h264`, `${target}.2.h264`] as const;
  await ffmpeg([...picture(12), ...H264, '-bf', '0', '-f', 'h264', parts[0]]);
  await ffmpeg([...picture(12, '25', '480x360'), ...H264, '-bf', '0', '-f', 'h264', parts[1]]);
  await writeFile(`${target}.h264`, Buffer.concat([await readFile(parts[0]), await readFile(parts[1])]));
  await ffmpeg(['-r', '25', '-i', `${target}.h264`, '-c', 'copy', '-f', 'matroska', target]);
};

const PLAYLIST = '#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nh264.mp4\n#EXT-X-ENDLIST\n';

/** The same picture at 100 nits, in the colours and one of the transfers of HDR: PQ or HLG. */
const highDynamicRange = (transfer: 'smpte2084' | 'arib-std-b67'): Recipe => {
  const filters = [
    'scale=out_color_matrix=bt709,format=yuv420p',
    'zscale=rangein=limited:transferin=709:primariesin=709:matrixin=709:transfer=linear:primaries=709:matrix=gbr:npl=100',
    'format=gbrpf32le',
    `zscale=transfer=${transfer}:primaries=2020:matrix=2020_ncl:npl=100:range=limited`,
    'format=yuv420p10le',
  ];
  return encode(
    picture(2, '15'),
    ['-vf', filters.join(',')],
    [
      ...['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params'],
      `log-level=error:colorprim=bt2020:transfer=${transfer}:colormatrix=bt2020nc`,
    ],
  );
};

/** How each clip is made. */
export const RECIPES: Record<ClipName, Recipe> = {
  'h264.mp4': encode(picture(34.5), H264),
  'short.mp4': encode(picture(3), H264),
  'three-minutes.mp4': encode(picture(184.2, '5'), H264, ['-g', '60']),
  // A picture full of noise makes large JPEGs.
  'grain.mp4': encode(picture(16, '2', '960x540'), ['-vf', 'noise=alls=80:allf=t+u'], H264, ['-crf', '18']),
  'one-frame.mp4': encode(picture(1), H264, ['-frames:v', '1']),
  'ntsc.mp4': encode(picture(34.5, '30000/1001'), H264),
  'faststart.mp4': remux('h264.mp4', '-movflags', '+faststart'),
  'h264.mkv': remux('h264.mp4'),
  'fragmented.mp4': remux('h264.mp4', '-movflags', 'frag_keyframe+empty_moov+default_base_moof'),
  // Like an interrupted recording: no index, no sizes, no duration.
  'live.mkv': remux('h264.mp4', '-live', '1', '-f', 'matroska'),
  'mjpeg.avi': encode(picture(22, '5'), ['-c:v', 'mjpeg', '-q:v', '2', '-pix_fmt', 'yuvj420p']),
  'mpeg2.mkv': encode(picture(22), ['-c:v', 'mpeg2video', '-bf', '2', '-q:v', '3', '-g', '30']),
  'prores.mov': encode(picture(22, '2'), ['-c:v', 'prores_ks', '-pix_fmt', 'yuv422p10le']),
  'vp8.mkv': encode(picture(22, '10'), [
    ...['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '600k', '-g', '100'],
  ]),
  'av1.mkv': encode(picture(22, '1', '160x120'), [
    ...[
      '-c:v',
      'libaom-av1',
      '-strict',
      'experimental',
      '-cpu-used',
      '8',
      '-crf',
      '20',
      '-b:v',
      '0',
      '-g',
      '8',
    ],
  ]),
  'ntsc.mkv': remux('ntsc.mp4'),
  'vp9.mkv': encode(picture(34.5, '15'), [
    ...['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '600k', '-g', '100'],
  ]),
  'mpeg4.avi': encode(picture(34.5), ['-c:v', 'mpeg4', '-q:v', '4', '-g', '50']),
  'mpeg4-b-frames.avi': encode(picture(34.5), ['-c:v', 'mpeg4', '-bf', '2', '-q:v', '4', '-g', '50']),
  'xvid.avi': encode(picture(34.5), ['-c:v', 'libxvid', '-bf', '2', '-q:v', '4', '-g', '50']),
  'h264-b-frames.avi': remux('h264.mp4'),
  'edge-30s-b-frames.avi': encode(picture(30.04), ['-c:v', 'mpeg4', '-bf', '2', '-q:v', '4', '-g', '50']),
  'exactly-30s.mp4': encode(picture(30), H264),
  'hevc.mov': encode(picture(34.5, '15'), H265, ['-pix_fmt', 'yuv420p', '-tag:v', 'hvc1']),
  'index-at-end.mov': remux('h264.mp4'),
  'start-at-5s.mkv': remux('h264.mp4', '-output_ts_offset', '5'),
  'edit-list.mp4': async (target, clip) =>
    ffmpeg(['-ss', '4', '-i', await clip('h264.mp4'), '-c', 'copy', target]),
  'late-video.mp4': encode(tone(25), ['-itsoffset', '2'], picture(21), H264, ['-map', '0', '-map', '1']),
  'long-audio.mp4': encode(picture(12), tone(45), H264),
  'low-rate-b-frames.mkv': encode(picture(60, '2'), H264, ['-g', '8', '-x264-params', 'open-gop=1']),
  // Without presentation times, and at such a low rate that the decoder must be drained of many frames at the end.
  'low-rate-b-frames.avi': encode(picture(400, '1/10'), [
    ...['-c:v', 'mpeg4', '-bf', '2', '-q:v', '4', '-g', '8'],
  ]),
  'rate-59.94.mp4': encode(picture(20.5, '60000/1001'), H264),
  'interlaced.mp4': encode(picture(24), H264, [
    '-flags',
    '+ildct+ilme',
    '-x264-params',
    'interlaced=1:bff=1',
  ]),
  'odd-size.mp4': encode(picture(12, '25', '321x241'), ['-c:v', 'mpeg4', '-q:v', '3', '-g', '40']),
  'no-index.avi': async (target, clip) => {
    const whole = await readFile(await clip('mpeg4.avi'));
    const cut = whole.subarray(0, whole.lastIndexOf('idx1', undefined, 'latin1'));
    cut.writeUInt32LE(cut.length - 8, 4);
    await writeFile(target, cut);
  },
  // FFmpeg cannot seek in a pipe, so it writes neither index nor length.
  'no-cues.mkv': async (target, clip) =>
    writeFile(
      target,
      await ffmpegOutput(['-i', await clip('h264.mp4'), '-c', 'copy', '-f', 'matroska', 'pipe:1']),
    ),
  'many-frames.mp4': encode(picture(2040, '5'), H264, ['-g', '20']),
  'short-groups.mp4': encode(picture(34.5, '25', '640x480'), H264, ['-g', '10']),
  'chroma-422.mov': encode(picture(12, '15'), ['-c:v', 'prores', '-profile:v', '2']),
  'open-gop.mp4': encode(picture(34.5, '10'), H264, ['-g', '33', '-x264-params', 'open-gop=1']),
  'variable-rate.mkv': encode(picture(34.5), H264, [
    ...['-vf', "select='lt(mod(n,7),3)+lt(mod(n,50),9)'", '-vsync', 'vfr'],
  ]),
  'slides.mkv': encode(picture(100, '1/25'), H264, ['-bf', '0']),
  'ten-bit.mp4': encode(picture(12, '15'), H265, ['-pix_fmt', 'yuv420p10le']),
  'hdr10.mp4': highDynamicRange('smpte2084'),
  'hlg.mp4': highDynamicRange('arib-std-b67'),
  'bt709.mp4': encode(picture(12, '25', '640x360'), H264, [
    ...['-vf', 'scale=out_color_matrix=bt709', '-colorspace', 'bt709', '-color_primaries', 'bt709'],
    ...['-color_trc', 'bt709', '-color_range', 'tv'],
  ]),
  'full-range.mp4': encode(picture(12), H264, ['-pix_fmt', 'yuvj420p']),
  'rotated.mp4': remux('short.mp4', '-metadata:s:v', 'rotate=90'),
  'size-change.mkv': sizeChange,
  // Not videos, or videos that must be refused.
  'empty.mp4': bytes(''),
  'garbage.mp4': bytes(Buffer.concat([FTYP, noise(5000)])),
  'noise.avi': bytes(noise(5000)),
  'truncated-index.mp4': beginningOf('h264.mp4', { cut: 2000 }),
  'index-missing.mp4': beginningOf('h264.mp4', { share: 0.5 }),
  'cut-off.mp4': beginningOf('faststart.mp4', { share: 0.5 }),
  'cut-off.mkv': beginningOf('h264.mkv', { share: 0.5 }),
  'cut-off.avi': beginningOf('mpeg4.avi', { share: 0.5 }),
  'nothing-decodable.mp4': damaged('h264.mp4', 0.0001, 0.985),
  'damaged-start.mp4': damaged('exactly-30s.mp4', 0.0001, 0.2),
  'damaged-middle.mp4': damaged('h264.mp4', 0.28, 0.5),
  'audio-only.mp4': encode(tone(3)),
  'cover-art.mp4': async (target, clip) => {
    const audio = ['-i', await clip('audio-only.mp4'), '-i', await clip('cover.jpg')];
    const streams = ['-map', '0', '-map', '1', '-c', 'copy', '-disposition:v:0', 'attached_pic'];
    return ffmpeg([...audio, ...streams, target]);
  },
  'cover.jpg': encode(picture(1, '1', '64x64'), ['-frames:v', '1', '-pix_fmt', 'yuvj420p']),
  'flash-codec.avi': encode(picture(3), ['-c:v', 'flv']),
  'huge-picture.mp4': encode(
    ['-f', 'lavfi', '-i', 'color=black:size=8192x8192:rate=1:duration=2'],
    ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'],
  ),
  'gap.mkv': encode(
    picture(2, '1', '64x64'),
    ['-vf', "setpts='if(eq(N,0),0,1000000/TB)'", '-vsync', '0'],
    [...['-c:v', 'libx264', '-pix_fmt', 'yuv420p']],
  ),
  'many-streams.mkv': async (target, clip) => {
    const path = await clip('short.mp4');
    return ffmpeg([
      '-i',
      path,
      ...Array.from({ length: 40 }, () => ['-map', '0']).flat(),
      '-c',
      'copy',
      target,
    ]);
  },
  'hls-playlist.mp4': bytes(PLAYLIST),
  'hls-after-ftyp.mp4': bytes(Buffer.concat([FTYP, Buffer.from(PLAYLIST)])),
  'concat-list.mp4': bytes("ffconcat version 1.0\nfile 'h264.mp4'\n"),
  'dash-manifest.mp4': bytes(
    '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period><AdaptationSet>' +
      '<Representation id="1" bandwidth="1"><BaseURL>h264.mp4</BaseURL></Representation></AdaptationSet></Period></MPD>',
  ),
  'session.mp4': bytes('v=0\no=- 0 0 IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n'),
  'archive.mp4': bytes(Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), noise(500)])),
  'page.mp4': bytes('<!doctype html><script>alert(1)</script>'),
  'picture.mp4': bytes(Buffer.concat([Buffer.from('GIF89a', 'latin1'), noise(500)])),
  'heic-picture.mp4': bytes(
    Buffer.concat([media.ftyp('heic', 'mif1', 'heic'), media.box('mdat', noise(500))]),
  ),
  'avif-picture.mp4': bytes(Buffer.concat([media.ftyp('avif', 'mif1'), media.box('mdat', noise(500))])),
};
