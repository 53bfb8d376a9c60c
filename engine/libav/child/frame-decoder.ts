import { AV_NOPTS_VALUE } from 'node-av/constants';
import { type CodecContext, Frame } from 'node-av/lib';
import { openDecoder } from './decoders.ts';
import { type Demuxer, type PacketInfo, timeOf } from './demuxer.ts';

/** Frames around a picture whose presentation order may differ from their decode order. */
const REORDER_FRAMES = 32;

/** Decodes from the demuxer's current position. */
export class FrameDecoder {
  readonly frame = new Frame();
  readonly #demuxer: Demuxer;
  #decoder: CodecContext | undefined;
  #skipping: 'noref' | 'default' = 'default';
  #frameTicks = 1;

  constructor(demuxer: Demuxer) {
    this.#demuxer = demuxer;
    this.frame.alloc();
  }

  /** Yields each frame's time in ticks. `frame` holds the picture until the next one.
   *
   * @param neededFrom the time of the first wanted picture. Earlier ones are decoded only if others refer to them.
   * @param lastTicks the time of the last wanted picture. Nothing stored after it is read or decoded.
   */
  *decode(neededFrom: () => number, lastTicks = Number.NaN): Generator<number> {
    const decoder = this.#reset();
    let next = Number.NaN;
    for (let packet = this.#demuxer.read(); packet; packet = this.#demuxer.read()) {
      this.#skip(decoder, this.#isForOthersOnly(packet, neededFrom()) ? 'noref' : 'default');
      // A packet that cannot be decoded costs one picture; decoding continues.
      decoder.sendPacketSync(this.#demuxer.packet);
      yield* this.#frames(decoder, timeOf(packet));
      next = timeOf(packet) + Math.max(1, packet.duration);
      // No picture depends on a picture that is stored after it.
      if (packet.pts === lastTicks) break;
    }
    decoder.sendPacketSync(null);
    yield* this.#frames(decoder, next);
  }

  #isForOthersOnly(packet: PacketInfo, neededFrom: number): boolean {
    const ticks = timeOf(packet);
    const margin = Number.isNaN(packet.pts) ? REORDER_FRAMES * Math.max(1, packet.duration) : 0;
    return ticks + margin < neededFrom;
  }

  /** @param ticks the time for a picture without its own time. Further such pictures follow at the frame distance. */
  *#frames(decoder: CodecContext, ticks: number): Generator<number> {
    for (let guess = ticks; decoder.receiveFrameSync(this.frame) >= 0; guess += this.#frameTicks) {
      const { bestEffortTimestamp: own, duration } = this.frame;
      this.#frameTicks = Math.max(1, Number(duration));
      yield own === AV_NOPTS_VALUE ? guess : Number(own);
    }
  }

  #reset(): CodecContext {
    if (this.#decoder) this.#decoder.flushBuffers();
    else this.#decoder = openDecoder(this.#demuxer.stream);
    return this.#decoder;
  }

  #skip(decoder: CodecContext, which: 'noref' | 'default'): void {
    if (which === this.#skipping) return;
    decoder.setOption('skip_frame', which);
    this.#skipping = which;
  }
}
