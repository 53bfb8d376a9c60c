import { AV_NOPTS_VALUE } from 'node-av/constants';
import { type CodecContext, Frame } from 'node-av/lib';
import { openDecoder } from './decoders.ts';
import { type Demuxer, type PacketInfo, timeOf } from './demuxer.ts';

/** Frames of a picture's neighbourhood whose decode time is no measure of when they are shown. */
const REORDER_FRAMES = 32;

/** Decodes from wherever the demuxer stands. */
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

  /**
   * Gives each frame's time in ticks; the picture is in `frame` until the next.
   *
   * @param neededFrom the time from which on pictures are wanted; earlier ones matter only as far as others refer to
   *   them.
   * @param lastTicks the time of the last one wanted: nothing stored behind it is read or decoded.
   */
  *decode(neededFrom: () => number, lastTicks = Number.NaN): Generator<number> {
    const decoder = this.#reset();
    let next = Number.NaN;
    for (let packet = this.#demuxer.read(); packet; packet = this.#demuxer.read()) {
      this.#skip(decoder, this.#isForOthersOnly(packet, neededFrom()) ? 'noref' : 'default');
      // A packet that cannot be decoded is one picture less, not the end.
      decoder.sendPacketSync(this.#demuxer.packet);
      yield* this.#frames(decoder, timeOf(packet));
      next = timeOf(packet) + Math.max(1, packet.duration);
      // No picture depends on one that is stored behind it.
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

  /** @param ticks what a picture without time of its own gets: pictures come as far apart as their packets. */
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
