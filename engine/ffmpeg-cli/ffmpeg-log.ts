/** A frame as the `showinfo` filter logs it. */
export interface LoggedFrame {
  pts: number;
  width: number;
  height: number;
}

/**
 * Reads FFmpeg's log line by line and keeps the facts that decisions need. FFmpeg indents lines that contain text from
 * the file (its metadata), so every pattern is anchored to the beginning of the line.
 */
export class FfmpegLog {
  /** The first decoded frame. */
  anchor: LoggedFrame | undefined;
  readonly picks: LoggedFrame[] = [];
  noVideoStream = false;
  codecRefused = false;
  pictureTooLarge = false;
  /** The file ends before a sample that its index lists. */
  partialFile = false;
  highDynamicRange = false;
  /** The duration that the file declares. */
  declaredDurationSeconds: number | undefined;
  #last: string[] = [];

  /** The last lines, for error messages. */
  get tail(): string {
    return this.#last.join('\n');
  }

  add(line: string): void {
    this.#last.push(line.slice(0, 300));
    if (this.#last.length > 8) this.#last.shift();
    if (line.startsWith('[')) this.#addFromComponent(line);
    else if (line.startsWith("Stream map '0:V:0' matches no streams")) this.noVideoStream = true;
    else if (/^ {4}Stream #0:\d+[^:]*: Video: .*\b(smpte2084|arib-std-b67)\b/.test(line)) {
      this.highDynamicRange = true;
    } else {
      const duration = /^ {2}Duration: (\d+):(\d\d):(\d\d\.\d+),/.exec(line);
      if (duration) {
        const [hours = 0, minutes = 0, seconds = 0] = duration.slice(1).map(Number);
        this.declaredDurationSeconds = hours * 3600 + minutes * 60 + seconds;
      }
    }
  }

  #addFromComponent(line: string): void {
    const frame = /^\[showinfo@(anchor|pick) @ \w+\] n: *\d+ pts: *(-?\d+) .* s:(\d+)x(\d+) /.exec(line);
    if (frame) {
      const logged = { pts: Number(frame[2]), width: Number(frame[3]), height: Number(frame[4]) };
      if (frame[1] === 'pick') this.picks.push(logged);
      else this.anchor ??= logged;
    } else if (/\] Picture size \d+x\d+ (exceeds specified max pixel count|is invalid)/.test(line)) {
      this.pictureTooLarge = true;
    } else if (/^\[mov,.*: partial file$/.test(line)) {
      this.partialFile = true;
    } else if (/^\[\w+ @ \w+\] Codec \([\w-]+\) not on whitelist/.test(line) && !line.startsWith('[NULL ')) {
      this.codecRefused = true;
    }
  }
}
