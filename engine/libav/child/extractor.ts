import { ExtractionError } from '../../errors.ts';
import {
  encodeFrame,
  encodeJson,
  encodePlan,
  KIND,
  type OpenOrder,
  type OpenReport,
  type PickOrder,
  type PlanOrder,
  type VideoPlan,
} from '../protocol.ts';
import type { Channel, Message } from './channel.ts';
import { requireDecodable } from './decoders.ts';
import { Demuxer } from './demuxer.ts';
import { FrameDecoder } from './frame-decoder.ts';
import { FramePicker } from './frame-picker.ts';
import { JpegEncoder } from './jpeg-encoder.ts';
import { planVideo } from './plan-video.ts';
import { rotationFilters } from './rotation.ts';
import { VideoBytes } from './video-bytes.ts';

/** Executes the engine's orders one after another until the engine closes its end. */
export const serve = (channel: Channel): void => {
  let extractor: Extractor | undefined;
  for (let message = channel.receive(); message; message = channel.receive()) {
    try {
      if (message.kind === KIND.open) extractor = new Extractor(channel, parse<OpenOrder>(message));
      else extractor?.obey(message);
    } catch (error) {
      if (!(error instanceof ExtractionError)) throw error;
      channel.send(KIND.refused, encodeJson({ code: error.code, detail: error.message }));
    }
  }
};

/** Messages come only from the engine, which is built together with this program, so they are not validated. */
const parse = <Order>({ body }: Message): Order => JSON.parse(body.toString());

/** Frames between garbage collections. A collection takes some milliseconds; a JPEG uses up to a few megabytes. */
const FRAMES_PER_COLLECTION = 16;

/** The engine wants no more frames of an order. */
class PickStopped extends Error {}

/** One video, opened. */
class Extractor {
  readonly #channel: Channel;
  readonly #bytes: VideoBytes;
  readonly #demuxer: Demuxer;
  readonly #decoder: FrameDecoder;
  readonly #encoder: JpegEncoder;
  readonly #hasMediaData: boolean;
  #sent = 0;

  constructor(channel: Channel, order: OpenOrder) {
    this.#channel = channel;
    this.#hasMediaData = order.mediaData.length > 0;
    this.#bytes = new VideoBytes(channel, order);
    this.#demuxer = new Demuxer(this.#bytes, order);
    this.#decoder = new FrameDecoder(this.#demuxer);
    this.#encoder = new JpegEncoder(rotationFilters(this.#demuxer.stream));
    channel.send(KIND.opened, encodeJson(this.#report(order.lookAtStart)));
  }

  obey(message: Message): void {
    if (message.kind === KIND.plan) {
      this.#channel.send(KIND.planned, encodePlan(this.#plan(parse<PlanOrder>(message))));
    } else if (message.kind === KIND.pick) {
      this.#pick(parse<PickOrder>(message));
      this.#channel.send(KIND.picked);
    } else {
      throw new Error(`Message of kind ${message.kind}`);
    }
  }

  #report(lookAtStart: boolean): OpenReport {
    const { stream, declaredDurationSeconds } = this.#demuxer;
    const { width, height } = stream.codecpar;
    return {
      codec: requireDecodable(stream),
      ...{ width, height, declaredDurationSeconds },
      firstDecodedTicks: lookAtStart ? this.#firstDecodedTicks() : 0,
    };
  }

  #firstDecodedTicks(): number {
    for (const first of this.#decoder.decode(() => Number.NEGATIVE_INFINITY)) return first;
    throw new ExtractionError('CORRUPT_VIDEO', 'no frame can be decoded');
  }

  #plan(order: PlanOrder): VideoPlan {
    return this.#demuxer.listing(() => {
      this.#bytes.wentBeyond = false;
      const { hasPartialSample, ...plan } = planVideo(this.#demuxer, order);
      // Other containers have no index that could list missing samples.
      const partialFile = this.#hasMediaData && (hasPartialSample || this.#bytes.wentBeyond);
      return { ...plan, partialFile };
    });
  }

  /** Returns when all frames are sent or the engine stops the order. The next order seeks again. */
  #pick(order: PickOrder): void {
    try {
      this.#sendFrames(order);
    } catch (error) {
      if (!(error instanceof PickStopped)) throw error;
    }
  }

  #sendFrames(order: PickOrder): void {
    new FramePicker(this.#demuxer, this.#decoder).pick(order, (position, ticks) => {
      const picture = order.probe
        ? { jpeg: new Uint8Array(), width: 0, height: 0 }
        : this.#encoder.encode(this.#decoder.frame);
      this.#channel.send(KIND.frame, ...encodeFrame({ position, ticks, ...picture }));
      // Almost all garbage is JPEGs, so V8 itself would collect only after hundreds of them.
      this.#sent += 1;
      if (this.#sent % FRAMES_PER_COLLECTION === 0) globalThis.gc?.();
      // Waiting here delays decoding until the engine has room for another frame.
      const answer = this.#channel.receive()?.kind;
      if (answer === KIND.stop) throw new PickStopped();
      if (answer !== KIND.next) process.exit(0);
    });
  }
}
