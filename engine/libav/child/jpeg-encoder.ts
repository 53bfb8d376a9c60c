import {
  AV_CODEC_FLAG_QSCALE,
  AV_PIX_FMT_YUVJ420P,
  AV_PIX_FMT_YUVJ422P,
  AV_PIX_FMT_YUVJ444P,
  AVCOL_RANGE_JPEG,
  AVCOL_TRC_ARIB_STD_B67,
  AVCOL_TRC_SMPTE2084,
  type AVPixelFormat,
  FF_ENCODER_MJPEG,
  FF_QP2LAMBDA,
} from 'node-av/constants';
import {
  avGetPixFmtName,
  Codec,
  CodecContext,
  Filter,
  type FilterContext,
  FilterGraph,
  FilterInOut,
  Frame,
  Packet,
  Rational,
} from 'node-av/lib';
import { ExtractionError } from '../../errors.ts';
import { JPEG_COLOUR_MATRIX, JPEG_QUALITY, SCALER_FLAGS, TONE_MAP } from '../../policy.ts';

/** JPEG uses full range, most video limited range. Without a conversion, the contrast is wrong. */
const TO_JPEG_COLOURS = `scale=out_color_matrix=${JPEG_COLOUR_MATRIX}:out_range=pc:flags=${SCALER_FLAGS}`;

/** The filters and the encoder for decoded pictures of one format. */
interface Pipeline {
  key: string;
  graph: FilterGraph;
  source: FilterContext;
  sink: FilterContext;
  encoder: CodecContext;
  width: number;
  height: number;
}

export interface EncodedPicture {
  /** Valid until the next picture is encoded. */
  jpeg: Buffer;
  width: number;
  height: number;
}

/** Encodes decoded pictures as JPEGs: rotated upright, in JPEG's colours, tone-mapped if necessary. */
export class JpegEncoder {
  readonly #rotation: string[];
  readonly #converted = new Frame();
  readonly #packet = new Packet();
  #pipeline: Pipeline | undefined;
  #encoded = 0n;

  /** @param rotation the filters that rotate the picture upright */
  constructor(rotation: string[]) {
    this.#rotation = rotation;
    this.#converted.alloc();
    this.#packet.alloc();
  }

  /** @throws ExtractionError CORRUPT_VIDEO if this picture cannot be encoded */
  encode(frame: Frame): EncodedPicture {
    const { source, sink, encoder, width, height } = this.#pipelineFor(frame);
    check(source.buffersrcAddFrameSync(frame), 'filter');
    check(sink.buffersinkGetFrameSync(this.#converted), 'filter');
    this.#converted.quality = JPEG_QUALITY * FF_QP2LAMBDA;
    // The encoder only needs ascending times; the values do not matter.
    this.#encoded += 1n;
    this.#converted.pts = this.#encoded;
    check(encoder.sendFrameSync(this.#converted), 'encode');
    this.#converted.unref();
    check(encoder.receivePacketSync(this.#packet), 'encode');
    const { data } = this.#packet;
    if (data === null) throw new ExtractionError('CORRUPT_VIDEO', 'an empty picture');
    return { jpeg: data, width, height };
  }

  #pipelineFor(frame: Frame): Pipeline {
    const { width, height, format, colorSpace, colorRange, colorTrc, sampleAspectRatio: aspect } = frame;
    const key = [width, height, format, colorSpace, colorRange, colorTrc, aspect.num, aspect.den].join();
    if (this.#pipeline?.key === key) return this.#pipeline;
    this.#pipeline?.graph.free();
    this.#pipeline?.encoder.freeContext();
    this.#pipeline = undefined;
    this.#pipeline = this.#build(frame, key);
    return this.#pipeline;
  }

  #build(frame: Frame, key: string): Pipeline {
    const isHighDynamicRange =
      frame.colorTrc === AVCOL_TRC_SMPTE2084 || frame.colorTrc === AVCOL_TRC_ARIB_STD_B67;
    const target = isHighDynamicRange ? AV_PIX_FMT_YUVJ420P : jpegFormatFor(frame);
    const filters = [
      ...this.#rotation,
      ...(isHighDynamicRange ? [TONE_MAP] : []),
      TO_JPEG_COLOURS,
      `format=${avGetPixFmtName(target)}`,
    ];
    const graph = new FilterGraph();
    graph.alloc();
    graph.nbThreads = 1;
    const source = requireFilter(graph, 'buffer', 'in', sourceArguments(frame));
    const sink = requireFilter(graph, 'buffersink', 'out');
    check(graph.parsePtr(filters.join(','), endOf('out', sink), endOf('in', source)), 'graph');
    check(graph.configSync(), 'graph');
    const [width, height] = [sink.buffersinkGetWidth(), sink.buffersinkGetHeight()];
    return { key, graph, source, sink, encoder: openEncoder(width, height, target), width, height };
  }
}

const sourceArguments = ({
  width,
  height,
  format,
  sampleAspectRatio,
  colorSpace,
  colorRange,
}: Frame): string => {
  const { num, den } = sampleAspectRatio;
  const size = `video_size=${width}x${height}:pix_fmt=${format}:time_base=1/1000`;
  return `${size}:pixel_aspect=${num}/${den || 1}:colorspace=${colorSpace}:range=${colorRange}`;
};

const requireFilter = (
  graph: FilterGraph,
  kind: string,
  name: string,
  args: string | null = null,
): FilterContext => {
  const filter = Filter.getByName(kind);
  const context = filter && graph.createFilter(filter, name, args);
  if (!context) throw new ExtractionError('CORRUPT_VIDEO', `no filter ${kind} for ${args}`);
  return context;
};

/** Names an open end of the graph where the parsed filters connect. */
const endOf = (name: string, context: FilterContext): FilterInOut => {
  const end = new FilterInOut();
  end.alloc();
  // For the parsed filters, the source is an open output and the sink an open input.
  end.name = name === 'in' ? 'in' : 'out';
  end.filterCtx = context;
  end.padIdx = 0;
  return end;
};

/** The JPEG keeps the picture's chroma resolution, at 8 bits. */
const jpegFormatFor = ({ format }: Frame): AVPixelFormat => {
  const name = avGetPixFmtName(format as AVPixelFormat) ?? '';
  if (/^(yuvj?|yuva)444|^gbr|^rgb|^bgr|^[abrg0x]{3,4}(24|48|64)?/.test(name)) return AV_PIX_FMT_YUVJ444P;
  return /422|^yuyv|^uyvy/.test(name) ? AV_PIX_FMT_YUVJ422P : AV_PIX_FMT_YUVJ420P;
};

const openEncoder = (width: number, height: number, format: AVPixelFormat): CodecContext => {
  const codec = Codec.findEncoderByName(FF_ENCODER_MJPEG);
  if (!codec) throw new Error('libav has no JPEG encoder');
  const encoder = new CodecContext();
  encoder.allocContext3(codec);
  encoder.width = width;
  encoder.height = height;
  encoder.pixelFormat = format;
  encoder.colorRange = AVCOL_RANGE_JPEG;
  encoder.timeBase = new Rational(1, 1000);
  encoder.threadCount = 1;
  encoder.setFlags(AV_CODEC_FLAG_QSCALE);
  encoder.globalQuality = JPEG_QUALITY * FF_QP2LAMBDA;
  check(encoder.open2Sync(codec, null), 'encoder');
  return encoder;
};

const check = (result: number, what: string): void => {
  if (result < 0) throw new ExtractionError('CORRUPT_VIDEO', `${what} failed: ${result}`);
};
