import * as z from 'zod';

/** One frame of the ZIP. */
export const ManifestFrame = z.object({
  index: z.int().nonnegative(),
  /** The entry's name in the ZIP, and the object's name below the frames prefix. */
  fileName: z.string(),
  /** The moment asked for, in seconds from the first frame: index × interval. */
  requestedTimeSeconds: z.number(),
  /** The moment of the picture delivered, in seconds from the first frame. */
  timeSeconds: z.number(),
  width: z.int().positive(),
  height: z.int().positive(),
  sizeBytes: z.int().positive(),
  sha256: z.string(),
  /** True where the frame asked for could not be decoded and the next decodable one stands in for it. */
  substituted: z.boolean(),
});
export type ManifestFrame = z.infer<typeof ManifestFrame>;

/** `manifest.json` of the ZIP and of the frames prefix: what was asked for and what was delivered. */
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
  /** What extracted the frames: `libav`, `ffmpeg-cli`, or both joined by `+` where one had to take over. */
  engine: z.string(),
  /** Bytes of the source that the engine read to find them; absent in older manifests. */
  bytesRead: z.int().nonnegative().optional(),
  /** Reads that this took; absent in older manifests. */
  requests: z.int().nonnegative().optional(),
  framesExpected: z.int().positive(),
  framesDelivered: z.int().positive(),
  frames: z.array(ManifestFrame),
});
export type Manifest = z.infer<typeof Manifest>;
