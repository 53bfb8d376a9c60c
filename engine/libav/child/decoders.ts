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
import { ExtractionError } from '../../errors.ts';
import { type AllowedCodec, MAX_PIXELS } from '../../policy.ts';

/** FFmpeg's decoder for each codec. */
const DECODERS = {
  h264: FF_DECODER_H264,
  hevc: FF_DECODER_HEVC,
  mpeg4: FF_DECODER_MPEG4,
  msmpeg4v1: FF_DECODER_MSMPEG4V1,
  msmpeg4v2: FF_DECODER_MSMPEG4V2,
  msmpeg4v3: FF_DECODER_MSMPEG4V3,
  vp8: FF_DECODER_VP8,
  vp9: FF_DECODER_VP9,
  av1: FF_DECODER_LIBDAV1D,
  mjpeg: FF_DECODER_MJPEG,
  mpeg1video: FF_DECODER_MPEG1VIDEO,
  mpeg2video: FF_DECODER_MPEG2VIDEO,
  h263: FF_DECODER_H263,
  prores: FF_DECODER_PRORES,
  dnxhd: FF_DECODER_DNXHD,
} as const satisfies Record<AllowedCodec, FFDecoderCodec>;

/** Limits the decoders that the demuxer itself may open. */
export const CODEC_WHITELIST = Object.values(DECODERS).join(',');

/** Checks that the stream may be decoded.
 *
 * @returns the codec's name.
 * @throws ExtractionError UNSUPPORTED_CODEC, DIMENSIONS_TOO_LARGE
 */
export const requireDecodable = ({ codecpar }: Stream): AllowedCodec => {
  const codec = avGetCodecName(codecpar.codecId) ?? 'none';
  if (!isAllowedCodec(codec)) throw new ExtractionError('UNSUPPORTED_CODEC', `codec ${codec}`);
  if (codecpar.width * codecpar.height > MAX_PIXELS) {
    throw new ExtractionError('DIMENSIONS_TOO_LARGE', `${codecpar.width}x${codecpar.height}`);
  }
  return codec;
};

const isAllowedCodec = (codec: string): codec is AllowedCodec => Object.hasOwn(DECODERS, codec);

/** Opens a decoder for the stream. @throws ExtractionError UNSUPPORTED_CODEC */
export const openDecoder = (stream: Stream): CodecContext => {
  const name = DECODERS[requireDecodable(stream)];
  const codec = Codec.findDecoderByName(name);
  if (codec === null) throw new ExtractionError('UNSUPPORTED_CODEC', `no decoder ${name}`);
  const decoder = new CodecContext();
  decoder.allocContext3(codec);
  decoder.parametersToContext(stream.codecpar);
  decoder.pktTimebase = stream.timeBase;
  decoder.threadCount = 1;
  const options = Dictionary.fromObject({ max_pixels: String(MAX_PIXELS) });
  const result = decoder.open2Sync(codec, options);
  if (result < 0) throw new ExtractionError('UNSUPPORTED_CODEC', `decoder ${name} does not open: ${result}`);
  return decoder;
};
