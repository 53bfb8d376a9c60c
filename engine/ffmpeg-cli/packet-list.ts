import type { SampleIndex } from '../plan/listed-samples.ts';
import type { TimeBase } from '../plan/timeline.ts';
import { MAX_PACKETS } from '../policy.ts';

/** FFmpeg's packet flags. */
const FLAG_KEY = 1;
const FLAG_DISCARD = 4;
const NO_TIMESTAMP = '-9223372036854775808';

/**
 * Reads the output of the `framecrc` muxer: header lines `#name 0: value`, then a line per packet,
 * `stream, dts, pts, duration, size, checksum[, F=flags]`; a plain keyframe has no flags.
 */
export class PacketList {
  codec = '';
  width = 0;
  height = 0;
  tooMany = false;
  #timeBase: TimeBase = { numerator: 1, denominator: 1 };
  #rest = '';
  readonly #presentation = new GrowingTicks();
  readonly #decode = new GrowingTicks();
  readonly #keyframes = new GrowingTicks();
  #startsWithKeyframe = false;
  #exact = true;
  #end = Number.NEGATIVE_INFINITY;
  #keyframe = Number.NaN;
  #previousKeyframe = Number.NaN;

  add(chunk: Buffer): void {
    const lines = (this.#rest + chunk.toString('latin1')).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line.startsWith('#')) this.#addHeader(line);
      else if (line !== '') this.#addPacket(line);
    }
  }

  get timeBase(): TimeBase {
    return this.#timeBase;
  }

  toSampleIndex(): SampleIndex {
    return {
      timeBase: this.#timeBase,
      times: this.#exact ? this.#presentation.toArray() : this.#decode.toArray(),
      keyframes: this.#keyframes.toArray(),
      startsWithKeyframe: this.#startsWithKeyframe,
      endTicks: this.#end,
      exact: this.#exact,
    };
  }

  #addHeader(line: string): void {
    const [, name, value = ''] = /^#(\w+) 0: +(\S+)/.exec(line) ?? [];
    if (name === 'codec_id') this.codec = value;
    if (name === 'dimensions') [this.width = 0, this.height = 0] = value.split('x').map(Number);
    if (name === 'tb') {
      const [numerator = 1, denominator = 1] = value.split('/').map(Number);
      this.#timeBase = { numerator, denominator };
    }
  }

  #addPacket(line: string): void {
    const fields = line.split(',');
    const dts = ticks(fields[1]);
    const pts = ticks(fields[2]);
    const flagField = fields.findLast((field) => field.startsWith(' F='));
    const flags = flagField === undefined ? FLAG_KEY : Number(flagField.slice(3));
    const time = Number.isNaN(pts) ? dts : pts;
    if (flags & FLAG_KEY) {
      this.#previousKeyframe = this.#keyframe;
      this.#keyframe = time;
    }
    if (flags & FLAG_DISCARD || Number.isNaN(time)) return;
    if (this.#decode.length >= MAX_PACKETS) {
      this.tooMany = true;
      return;
    }
    if (Number.isNaN(pts)) this.#exact = false;
    if (this.#decode.length === 0) this.#startsWithKeyframe = (flags & FLAG_KEY) !== 0;
    this.#presentation.push(pts);
    this.#decode.push(Number.isNaN(dts) ? time : dts);
    // A picture that is stored after a keyframe but shown before it also needs the previous keyframe.
    this.#keyframes.push(time < this.#keyframe ? this.#previousKeyframe : this.#keyframe);
    this.#end = Math.max(this.#end, time + Math.max(0, Number(fields[3]) || 0));
  }
}

/** The tick, or NaN if a double cannot hold it exactly. */
const ticks = (field: string | undefined): number => {
  const value = field?.trim();
  if (value === undefined || value === NO_TIMESTAMP) return Number.NaN;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : Number.NaN;
};

/** A growing array of numbers, eight bytes each. */
class GrowingTicks {
  #values = new Float64Array(4096);
  length = 0;

  push(value: number): void {
    if (this.length === this.#values.length) {
      const larger = new Float64Array(this.length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.length] = value;
    this.length += 1;
  }

  toArray(): Float64Array {
    return this.#values.subarray(0, this.length);
  }
}
