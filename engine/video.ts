import type { Container } from './words.ts';

/** The uploaded video, pinned to one version of its object. It never returns bytes of another version. */
export interface VideoSource {
  /** The user's name for the file; never used as a path. */
  readonly name: string;
  readonly sizeBytes: number;
  readonly etag: string;
  /** The bytes [offset, offset + length); fewer only at the end of the file. */
  read(range: ByteRange, signal: AbortSignal): Promise<Uint8Array>;
  /** All bytes in order. */
  stream(signal: AbortSignal): AsyncIterable<Uint8Array>;
}

export interface ByteRange {
  offset: number;
  length: number;
}

/** A range of bytes. The end is exclusive. */
export interface Span {
  start: number;
  end: number;
}

/** The properties of the video that the engine found. */
export interface VideoSummary {
  container: Container;
  /** FFmpeg's name of the codec, for example `h264`, `hevc`, `vp9`. */
  codec: string;
  /** From the first frame's presentation to the last frame's end. */
  durationSeconds: number;
  /** Size of the coded picture, before rotation. */
  width: number;
  height: number;
  framesExpected: number;
}

/** One picture, as it goes into the ZIP. */
export interface ExtractedFrame {
  /** From 0, without gaps. */
  index: number;
  /** The requested moment, in seconds from the first frame. */
  requestedTimeSeconds: number;
  /** The presentation time of this picture, in seconds from the first frame. */
  timeSeconds: number;
  /** Size of the JPEG, after rotation. */
  width: number;
  height: number;
  jpeg: Uint8Array;
  /** True if the requested frame could not be decoded and this is the next decodable one. */
  substituted: boolean;
}
