import {
  FF_DECODER_DNXHD,
  FF_DECODER_H263,
  FF_DECODER_H264,
  FF_DECODER_HEVC,
  FF_DECODER_LIBDAV1D,
  FF_DECODER_MJPEG,
  FF_DECODER_MPEG1VIDEO,
  FF_DECODER_MPEG2VIDEO,
  FF_DECODER_MPEG4,
  FF_DECODER_MSMPEG4V1,
  FF_DECODER_MSMPEG4V2,
  FF_DECODER_MSMPEG4V3,
  FF_DECODER_PRORES,
  FF_DECODER_VP8,
  FF_DECODER_VP9,
  type FFDecoderCodec,
} from 'node-av/constants';
import { avGetCodecName, Codec, CodecContext, Dictionary, type Stream } from 'node-av/lib';
import { MAX_PIXELS } from '../limits.ts';
import { RefusalError } from './refusal.ts';

/** FFmpeg's names of the codecs that are decoded, and of the decoder for each. */
export const DECODERS: ReadonlyMap<string, FFDecoderCodec> = new Map<string, FFDecoderCodec>([
  ['h264', FF_DECODER_H264],
  ['hevc', FF_DECODER_HEVC],
  ['mpeg4', FF_DECODER_MPEG4],
  ['msmpeg4v1', FF_DECODER_MSMPEG4V1],
  ['msmpeg4v2', FF_DECODER_MSMPEG4V2],
  ['msmpeg4v3', FF_DECODER_MSMPEG4V3],
  ['vp8', FF_DECODER_VP8],
  ['vp9', FF_DECODER_VP9],
  ['av1', FF_DECODER_LIBDAV1D],
  ['mjpeg', FF_DECODER_MJPEG],
  ['mpeg1video', FF_DECODER_MPEG1VIDEO],
  ['mpeg2video', FF_DECODER_MPEG2VIDEO],
  ['h263', FF_DECODER_H263],
  ['prores', FF_DECODER_PRORES],
  ['dnxhd', FF_DECODER_DNXHD],
]);

/** For the demuxer's own use of decoders. */
export const CODEC_WHITELIST = [...DECODERS.values()].join(',');

/**
 * Whether the stream may be decoded.
 *
 * @returns the codec's name.
 * @throws RefusalError UNSUPPORTED_CODEC, DIMENSIONS_TOO_LARGE
 */
export const requireDecodable = ({ codecpar }: Stream): string => {
  const codec = avGetCodecName(codecpar.codecId) ?? 'none';
  if (!DECODERS.has(codec)) throw new RefusalError('UNSUPPORTED_CODEC', `codec ${codec}`);
  if (codecpar.width * codecpar.height > MAX_PIXELS) {
    throw new RefusalError('DIMENSIONS_TOO_LARGE', `${codecpar.width}x${codecpar.height}`);
  }
  return codec;
};

/** An open decoder of the stream. @throws RefusalError UNSUPPORTED_CODEC */
export const openDecoder = (stream: Stream): CodecContext => {
  const name = DECODERS.get(requireDecodable(stream));
  const codec = name === undefined ? null : Codec.findDecoderByName(name);
  if (codec === null) throw new RefusalError('UNSUPPORTED_CODEC', `no decoder ${name}`);
  const decoder = new CodecContext();
  decoder.allocContext3(codec);
  decoder.parametersToContext(stream.codecpar);
  decoder.pktTimebase = stream.timeBase;
  decoder.threadCount = 1;
  const options = Dictionary.fromObject({ max_pixels: String(MAX_PIXELS) });
  const result = decoder.open2Sync(codec, options);
  if (result < 0) throw new RefusalError('UNSUPPORTED_CODEC', `decoder ${name} does not open: ${result}`);
  return decoder;
};
