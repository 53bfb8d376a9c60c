import { ExtractionError } from '../errors.ts';
import type { SampleIndex } from '../plan/listed-samples.ts';
import { MAX_PIXELS } from '../policy.ts';
import type { Container } from '../words.ts';
import { type InputOptions, isAllowedCodec, listPacketsArguments, pickFramesArguments } from './arguments.ts';
import { FfmpegLog, type LoggedFrame } from './ffmpeg-log.ts';
import { type Jpeg, splitJpegs } from './jpeg.ts';
import { PacketList } from './packet-list.ts';
import { runFfmpeg } from './run-ffmpeg.ts';

/** The private copy of a video and the limits of its processes. */
export interface SessionOptions {
  binary: string;
  directory: string;
  container: Container;
  /** A process that has used this many CPU seconds ends itself. */
  cpuSeconds: number;
  signal: AbortSignal;
}

/** The video stream as the container lists it. */
export interface StreamListing {
  samples: SampleIndex;
  codec: string;
  width: number;
  height: number;
  highDynamicRange: boolean;
  declaredDurationSeconds: number | undefined;
  /** The file ends before a sample that its index lists. */
  partialFile: boolean;
}

/** A picked frame with its JPEG. */
export interface PickedFrame extends LoggedFrame {
  jpeg: Jpeg;
}

/** The result of one decoder pass. */
export interface Pass {
  /** Presentation time of the first decoded frame; undefined if there was none. */
  anchorTicks: number | undefined;
  picked: PickedFrame[];
}

export interface PassOptions {
  thresholds: readonly number[];
  seekSeconds: number | undefined;
  highDynamicRange: boolean;
  threads: number;
  /** Ends this pass. The session's own signal ends all passes. @default never */
  signal?: AbortSignal;
}

/** Runs FFmpeg over one private copy and reads its output. */
export class FfmpegSession {
  readonly #options: SessionOptions;
  readonly #running = new Set<Promise<number>>();

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** Resolves when no process is running. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#running);
  }

  /**
   * Lists the samples of the video stream without decoding them.
   *
   * @throws ExtractionError for a file without video, a codec that is not allowed, pictures that are too large, or a
   *   damaged file
   */
  async listSamples(): Promise<StreamListing> {
    const packets = new PacketList();
    const log = new FfmpegLog();
    const code = await this.#run(listPacketsArguments(this.#input(1)), log, (chunk) => packets.add(chunk));
    if (log.noVideoStream) throw new ExtractionError('NO_VIDEO_STREAM');
    if (packets.codec !== '' && !isAllowedCodec(packets.codec)) {
      throw new ExtractionError('UNSUPPORTED_CODEC', `codec ${packets.codec}`);
    }
    if (log.pictureTooLarge || packets.width * packets.height > MAX_PIXELS) {
      throw new ExtractionError('DIMENSIONS_TOO_LARGE', `${packets.width}x${packets.height}`);
    }
    if (packets.tooMany) throw new ExtractionError('TOO_MANY_FRAMES', 'too many packets');
    const samples = packets.toSampleIndex();
    if (samples.times.length === 0) {
      throw new ExtractionError('CORRUPT_VIDEO', `no packets (exit code ${code}): ${log.tail}`);
    }
    const { codec, width, height } = packets;
    const { highDynamicRange, declaredDurationSeconds, partialFile } = log;
    return { samples, codec, width, height, highDynamicRange, declaredDurationSeconds, partialFile };
  }

  /**
   * Decodes from the keyframe at or before `seekSeconds` and picks frames.
   *
   * @throws ExtractionError if the decoder refuses the stream. A pass that finds no frame does not throw.
   */
  async pick({ thresholds, seekSeconds, highDynamicRange, threads, signal }: PassOptions): Promise<Pass> {
    const log = new FfmpegLog();
    const output: Buffer[] = [];
    const args = pickFramesArguments({ ...this.#input(threads), seekSeconds, thresholds, highDynamicRange });
    await this.#run(args, log, (chunk) => output.push(chunk), signal);
    const jpegs = splitJpegs(Buffer.concat(output));
    if (jpegs.length === 0) {
      if (log.codecRefused) throw new ExtractionError('UNSUPPORTED_CODEC', log.tail);
      if (log.pictureTooLarge) throw new ExtractionError('DIMENSIONS_TOO_LARGE', log.tail);
    }
    const picked = jpegs.flatMap((jpeg, position) => {
      const frame = log.picks[position];
      return frame === undefined ? [] : [{ ...frame, jpeg }];
    });
    return { anchorTicks: log.anchor?.pts, picked };
  }

  #input(threads: number): InputOptions {
    const { container, cpuSeconds } = this.#options;
    return { container, threads, cpuSeconds };
  }

  async #run(
    args: readonly string[],
    log: FfmpegLog,
    onStdout: (chunk: Buffer) => void,
    ending?: AbortSignal,
  ): Promise<number> {
    const { binary, directory: cwd } = this.#options;
    const signal = AbortSignal.any([this.#options.signal, ...(ending ? [ending] : [])]);
    const run = runFfmpeg({ binary, args, cwd, signal, onStdout, onLogLine: (line) => log.add(line) });
    this.#running.add(run);
    try {
      return await run;
    } finally {
      this.#running.delete(run);
    }
  }
}
