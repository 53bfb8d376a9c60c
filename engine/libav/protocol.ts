/**
 * The protocol between the engine and its child processes, over one pipe in each direction. A message is a head of five
 * bytes (length of the body, kind) and a body. While it executes an order, the child requests bytes of the video and
 * waits for them. So each side has at most one unanswered message.
 */

import type { PlannedFrame } from '../plan/frame-plan.ts';
import type { Timeline } from '../plan/timeline.ts';
import type { Span } from '../video.ts';
import type { Container, ExtractionFailureCode } from '../words.ts';

/** The pipes' file descriptors in the child. */
export const CHILD_INPUT = 3;
export const CHILD_OUTPUT = 4;

export const HEAD_BYTES = 5;

/** Kinds of message. */
export const KIND = {
  /** To the child, JSON: open the video (`OpenOrder`). */
  open: 1,
  /** To the child, JSON: decide which frames to extract (`PlanOrder`). */
  plan: 2,
  /** To the child, JSON: decode frames (`PickOrder`). */
  pick: 3,
  /** To the child, bytes: the answer to `read`; at least one, except at the end of the file. */
  bytes: 4,
  /** To the child, empty: there is room for another frame. */
  next: 5,
  /** To the child, empty, instead of `next`: the order's other frames are not needed. The child answers `picked`. */
  stop: 6,
  /** From the child, two numbers: it needs these bytes of the video, [offset, length]. */
  read: 16,
  /** From the child, JSON: the answer to `open` (`OpenReport`). */
  opened: 17,
  /** From the child, numbers: the answer to `plan` (`encodePlan`). */
  planned: 18,
  /** From the child, four numbers and a JPEG: one frame; the child waits for `next` or `stop`. */
  frame: 19,
  /** From the child, empty: the answer to `pick`, after the last frame or after `stop`. */
  picked: 20,
  /** From the child, JSON: it cannot execute the order (`Refusal`). */
  refused: 21,
} as const;
export type Kind = (typeof KIND)[keyof typeof KIND];

export interface OpenOrder {
  container: Container;
  sizeBytes: number;
  /** Sample data that no timestamp depends on. */
  mediaData: readonly Span[];
  /** Whether to report the time of the first picture, which must be decoded for that. */
  lookAtStart: boolean;
}

/** The properties of the opened video. */
export interface OpenReport {
  codec: string;
  width: number;
  height: number;
  declaredDurationSeconds: number;
  /** Presentation time, in ticks, of the first picture that can be decoded; 0 if it was not requested. */
  firstDecodedTicks: number;
}

export interface PlanOrder {
  firstDecodedTicks: number;
  intervalSeconds: number;
  maxFrames: number;
}

/** The frames to extract, according to the container's listing. */
export interface VideoPlan {
  frames: readonly PlannedFrame[];
  timeline: Timeline;
  /** The file ends before a sample that its index lists. */
  partialFile: boolean;
  /** Whether the container supports seeking. */
  isSeekable: boolean;
}

export interface PickOrder {
  /** Presentation times in ascending order. For each, the child picks the first frame at this time or later. */
  thresholds: readonly number[];
  /** Where decoding must begin; null if unknown. */
  keyframeTicks: number | null;
  exact: boolean;
  startTicks: number;
  /** Decode from the beginning, without seeking. */
  linear: boolean;
  /** Only check that there is a frame; send no JPEG. */
  probe: boolean;
}

export interface PickedFrame {
  /** Position of the frame's threshold in the order. */
  position: number;
  ticks: number;
  width: number;
  height: number;
  jpeg: Uint8Array;
}

export interface Refusal {
  code: ExtractionFailureCode;
  detail: string;
}

/** The head of a message whose body has this length. */
export const encodeHead = (kind: Kind, bodyBytes: number): Buffer => {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32LE(bodyBytes, 0);
  head.writeUInt8(kind, 4);
  return head;
};

export const encodeNumbers = (...numbers: number[]): Buffer => {
  const body = Buffer.alloc(numbers.length * 8);
  for (const [index, number] of numbers.entries()) body.writeDoubleLE(number, index * 8);
  return body;
};

export const decodeNumbers = (body: Buffer, count = Math.floor(body.byteLength / 8)): number[] =>
  Array.from({ length: count }, (_, index) => body.readDoubleLE(index * 8));

export const encodeJson = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

const PLAN_HEAD = 8;
const PLANNED_FRAME = 5;

export const encodePlan = ({ frames, timeline, partialFile, isSeekable }: VideoPlan): Buffer =>
  encodeNumbers(
    ...[timeline.timeBase.numerator, timeline.timeBase.denominator],
    ...[timeline.startTicks, timeline.endTicks, timeline.frameTicks, Number(timeline.exact)],
    ...[Number(partialFile), Number(isSeekable)],
    ...frames.flatMap(({ requestedTimeSeconds, thresholdTicks, keyframeTicks, span }) => [
      ...[requestedTimeSeconds, thresholdTicks, keyframeTicks],
      ...[span?.start ?? Number.NaN, span?.end ?? Number.NaN],
    ]),
  );

export const decodePlan = (body: Buffer): VideoPlan => {
  const numbers = decodeNumbers(body);
  const [numerator = 1, denominator = 1, startTicks = 0, endTicks = 0, frameTicks = 1] = numbers;
  const [exact, partialFile, isSeekable] = numbers.slice(PLAN_HEAD - 3).map((number) => number === 1);
  const frames: PlannedFrame[] = [];
  for (let at = PLAN_HEAD; at + PLANNED_FRAME <= numbers.length; at += PLANNED_FRAME) {
    const [requestedTimeSeconds = 0, thresholdTicks = 0, keyframeTicks = 0, start = 0, end = 0] =
      numbers.slice(at, at + PLANNED_FRAME);
    frames.push({
      ...{ index: frames.length, requestedTimeSeconds, thresholdTicks, keyframeTicks },
      ...(!Number.isNaN(end) && { span: { start, end } }),
    });
  }
  const timeBase = { numerator, denominator };
  return {
    frames,
    timeline: { timeBase, startTicks, endTicks, frameTicks, exact: exact === true },
    ...{ partialFile: partialFile === true, isSeekable: isSeekable === true },
  };
};

const FRAME_HEAD = 4;

export const encodeFrame = ({ position, ticks, width, height, jpeg }: PickedFrame): Buffer[] => [
  encodeNumbers(position, ticks, width, height),
  Buffer.from(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength),
];

export const decodeFrame = (body: Buffer): PickedFrame => {
  const [position = 0, ticks = 0, width = 0, height = 0] = decodeNumbers(body, FRAME_HEAD);
  return { position, ticks, width, height, jpeg: body.subarray(FRAME_HEAD * 8) };
};
