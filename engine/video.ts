import type { Container } from './words.ts';

/** The uploaded video, pinned to one version of its object: bytes of another version are never returned. */
export interface VideoSource {
  /** The user's name for the file; never used as a path. */
  readonly name: string;
  readonly sizeBytes: number;
  readonly etag: string;
  /** The bytes [offset, offset + length), fewer only at the end of the file. */
  read(range: ByteRange, signal: AbortSignal): Promise<Uint8Array>;
  /** All bytes in order. */
  stream(signal: AbortSignal): AsyncIterable<Uint8Array>;
}

export interface ByteRange {
  offset: number;
  length: number;
}

/** A range of bytes, its end exclusive. */
export interface Span {
  start: number;
  end: number;
}

/** What the engine found the video to be. */
export interface VideoSummary {
  container: Container;
  /** The codec's name, as FFmpeg calls it: `h264`, `hevc`, `vp9`. */
  codec: string;
  /** From the first frame's presentation to the last one's end. */
  durationSeconds: number;
  /** Of the coded picture, before rotation. */
  width: number;
  height: number;
  framesExpected: number;
}

/** One picture, as it goes into the ZIP. */
export interface ExtractedFrame {
  /** From 0, without gaps. */
  index: number;
  /** The moment asked for, in seconds from the first frame. */
  requestedTimeSeconds: number;
  /** The presentation time of this picture, in seconds from the first frame. */
  timeSeconds: number;
  /** Of the JPEG, rotation applied. */
  width: number;
  height: number;
  jpeg: Uint8Array;
  /** True where the frame asked for could not be decoded and this, the next decodable one, stands in for it. */
  substituted: boolean;
}
