import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { SagaEvent } from '../../../functions/contracts/events.ts';
import { VideoPath } from '../../../functions/contracts/http.ts';
import { EventId, UserId, VideoId } from '../../../functions/contracts/ids.ts';
import { parseSourceKey, sourceKey, videoPrefix } from '../../../functions/contracts/storage-keys.ts';
import { someEvent, someOrigin, someSource } from '../../support/events.ts';
import { inAnyCase } from '../../support/letter-case.ts';

const anyUuid = fc.uuid();
const uuidV7 = fc.uuid({ version: 7 });

describe('an id', () => {
  test.each([
    ['UserId', UserId, anyUuid],
    ['VideoId', VideoId, anyUuid],
    ['EventId', EventId, uuidV7],
  ] as const)('is parsed to lower case from any case: %s', (_, schema, uuids) => {
    fc.assert(
      fc.property(
        uuids.chain((uuid) => fc.tuple(fc.constant(uuid), inAnyCase(uuid))),
        ([uuid, sent]) => {
          expect(schema.parse(sent)).toBe(uuid.toLowerCase());
          expect(schema.parse(schema.parse(sent))).toBe(schema.parse(sent));
        },
      ),
    );
  });

  test.each(['', '42', `${'a'.repeat(8)}-${'b'.repeat(4)}`, '{0190a1b2-0000-7000-8000-00000000000a}', ' '])(
    'is refused when it is not a UUID: "%s"',
    (text) => {
      for (const schema of [UserId, VideoId, EventId]) expect(schema.safeParse(text).success).toBe(false);
    },
  );

  test('is a string with a format in JSON Schema', () => {
    expect(z.toJSONSchema(VideoPath, { io: 'input' })).toMatchObject({
      properties: { id: { type: 'string', format: 'uuid' } },
    });
  });

  test('is in lower case after parsing in every field of an event', () => {
    const event = someEvent('FILE_UPLOADED', someSource());
    const shouted = {
      ...event,
      id: event.id.toUpperCase(),
      sagaId: event.sagaId.toUpperCase(),
      userId: event.userId.toUpperCase(),
      causationId: event.id.toUpperCase(),
    };
    expect(SagaEvent.parse(shouted)).toEqual({ ...event, causationId: event.id });
  });
});

describe('a key in the bucket', () => {
  test('gives the ids of its video in lower case, from which all keys are built', () => {
    const { sagaId: videoId, userId } = someOrigin();
    expect(parseSourceKey(sourceKey({ userId, videoId }, 'mp4'))).toEqual({ userId, videoId });
    const shouted = sourceKey({ userId, videoId }, 'mp4').replace(videoId, videoId.toUpperCase());
    const owner = parseSourceKey(shouted);
    expect(owner).toEqual({ userId, videoId });
    expect(owner && shouted.startsWith(videoPrefix(owner))).toBe(false);
  });
});
