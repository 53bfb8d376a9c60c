import { describe, expectTypeOf, it } from 'vitest';
import { type AnswerOf, createClient, type InputOf, type OperationId } from '../../../client/index.ts';
import { OPERATIONS, type Rows } from '../../../client/operations.ts';
import type { Repetition, StatusOf } from '../../../client/types.ts';
import type { Download, Profile, Video, VideoPage } from '../../../functions/contracts/http.ts';

const client = createClient({ baseUrl: 'http://127.0.0.1:1' });

/** Compiled, never called. */
const wrongCalls = () => [
  // @ts-expect-error the id is missing
  client.getVideo(),
  // @ts-expect-error the id is a text
  client.getVideo({ id: 5 }),
  // @ts-expect-error there is no such field
  client.getVideo({ id: 'x', limit: 1 }),
  // @ts-expect-error a limit is a number, though the server coerces it
  client.listVideos({ limit: '10' }),
  // @ts-expect-error the size is missing
  client.createVideo({ fileName: 'a.mp4' }),
  // @ts-expect-error the operation has no input
  client.getProfile({ id: 'x' }),
  // @ts-expect-error only a creation has a key
  client.getVideo({ id: 'x' }, { idempotencyKey: 'k' }),
  // @ts-expect-error there is no such operation
  client.getNothing(),
];

/** Compiled, never called. */
const wrongTables = (): Rows[] => {
  const { getVideo, ...others } = OPERATIONS;
  return [
    // @ts-expect-error a row is missing
    others,
    // @ts-expect-error the registry has another path
    { ...others, getVideo: ['user', 'GET', '/video/{id}', 200, 'repeatable'] },
    // @ts-expect-error the registry has another method
    { ...others, getVideo: ['user', 'POST', '/videos/{id}', 200, 'repeatable'] },
    // @ts-expect-error the registry wants a user
    { ...others, getVideo: ['none', 'GET', '/videos/{id}', 200, 'repeatable'] },
    // @ts-expect-error the registry has another status
    { ...others, getVideo: ['user', 'GET', '/videos/{id}', 201, 'repeatable'] },
    // @ts-expect-error a creation is repeated with its key alone
    { ...OPERATIONS, createVideo: ['user', 'POST', '/videos', 201, 'repeatable'] },
    { ...others, getVideo },
  ];
};

describe("The client's types", () => {
  it('are inferred from the registry', () => {
    expectTypeOf(wrongCalls).toBeFunction();
    expectTypeOf<InputOf<'getVideo'>>().toEqualTypeOf<{ readonly id: string }>();
    expectTypeOf<InputOf<'listVideos'>>().toEqualTypeOf<{
      readonly limit?: number | undefined;
      readonly cursor?: string | undefined;
    }>();
    expectTypeOf<InputOf<'createVideo'>['intervalSeconds']>().toEqualTypeOf<number | undefined>();
    expectTypeOf<AnswerOf<'getVideo'>>().toEqualTypeOf<Video>();
    expectTypeOf<AnswerOf<'listVideos'>>().toEqualTypeOf<VideoPage>();
    expectTypeOf<AnswerOf<'getProfile'>>().toEqualTypeOf<Profile>();
    expectTypeOf<AnswerOf<'getDownload'>>().toEqualTypeOf<Download>();
    expectTypeOf<AnswerOf<'deleteVideo'>>().toEqualTypeOf<undefined>();
    expectTypeOf(client.getProfile).toBeCallableWith();
    expectTypeOf(client.createVideo).toBeCallableWith(
      { fileName: 'a.mp4', sizeBytes: 1 },
      { idempotencyKey: 'k' },
    );
  });

  it('hold every row of the table against the registry', () => {
    expectTypeOf(wrongTables).toBeFunction();
    expectTypeOf<keyof typeof OPERATIONS>().toEqualTypeOf<OperationId>();
    // The JSON answer, where there is a redirect too.
    expectTypeOf<StatusOf<'getDownload'>>().toEqualTypeOf<200>();
    expectTypeOf<StatusOf<'logout'>>().toEqualTypeOf<204>();
    expectTypeOf<Repetition<'createVideo'>>().toEqualTypeOf<'keyed'>();
    expectTypeOf<Repetition<'login'>>().toEqualTypeOf<'repeatable' | 'unless-throttled'>();
    expectTypeOf<Repetition<'deleteVideo'>>().toEqualTypeOf<'repeatable'>();
  });
});
