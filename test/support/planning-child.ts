import { createReadStream, writeSync } from 'node:fs';
import { MessageReader } from '../../engine/libav/message-reader.ts';
import {
  CHILD_INPUT,
  CHILD_OUTPUT,
  encodeHead,
  encodeJson,
  encodePlan,
  KIND,
  type Kind,
} from '../../engine/libav/protocol.ts';

/**
 * A program for a child of the libav engine. It decodes nothing, and plans as many frames as the interval of its order
 * says.
 */

const send = (kind: Kind, body: Buffer): void => {
  writeSync(CHILD_OUTPUT, Buffer.concat([encodeHead(kind, body.byteLength), body]));
};

const planOf = (frames: number) =>
  encodePlan({
    frames: Array.from({ length: frames }, (_, index) => ({
      ...{ index, requestedTimeSeconds: index, thresholdTicks: index, keyframeTicks: 0 },
    })),
    timeline: {
      timeBase: { numerator: 1, denominator: 1 },
      ...{ startTicks: 0, endTicks: frames, frameTicks: 1, exact: true },
    },
    ...{ partialFile: false, isSeekable: true },
  });

const messages = new MessageReader((kind, body) => {
  if (kind === KIND.open) {
    const size = { width: 64, height: 64 };
    send(
      KIND.opened,
      encodeJson({ codec: 'h264', ...size, declaredDurationSeconds: 1, firstDecodedTicks: 0 }),
    );
  }
  if (kind === KIND.plan) send(KIND.planned, planOf(JSON.parse(body.toString()).intervalSeconds));
});
createReadStream('', { fd: CHILD_INPUT }).on('data', (chunk) => messages.add(Buffer.from(chunk)));
