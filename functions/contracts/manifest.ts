import * as z from 'zod';

/** One frame of the ZIP. */
export const ManifestFrame = z.object({
  index: z.int().nonnegative(),
  /** The entry's name in the ZIP, and the object's name below the frames prefix. */
  fileName: z.string(),
  /** The requested moment, in seconds from the first frame: index × interval. */
  requestedTimeSeconds: z.number(),
  /** The time of the delivered picture, in seconds from the first frame. */
  timeSeconds: z.number(),
  width: z.int().positive(),
  height: z.int().positive(),
  sizeBytes: z.int().positive(),
  sha256: z.string(),
  /** True if the requested frame could not be decoded and this is the next decodable one. */
  substituted: z.boolean(),
});
export type ManifestFrame = z.infer<typeof ManifestFrame>;

/** `manifest.json` in the ZIP and under the frames prefix: the request and the delivered frames. */
export const Manifest = z.object({
  version: z.literal(1),
  /** Absent where the frames were extracted without the service. */
  videoId: z.uuid().optional(),
  source: z.object({
    fileName: z.string(),
    sizeBytes: z.int().nonnegative(),
    /** Absent where the source was not read whole: the command line reads a URL in ranges. */
    sha256: z.string().optional(),
    container: z.string(),
    codec: z.string(),
    durationSeconds: z.number(),
    width: z.int().positive(),
    height: z.int().positive(),
  }),
  intervalSeconds: z.number().positive(),
  /** The engine: `libav`, `ffmpeg-cli`, or both joined by `+` if the second took over. */
  engine: z.string(),
  /** Bytes of the source that the engine read; absent in older manifests. */
  bytesRead: z.int().nonnegative().optional(),
  /** Number of reads; absent in older manifests. */
  requests: z.int().nonnegative().optional(),
  framesExpected: z.int().positive(),
  framesDelivered: z.int().positive(),
  frames: z.array(ManifestFrame),
});
export type Manifest = z.infer<typeof Manifest>;
