import type * as z from 'zod';
import type { RouteAnswer, RouteContract } from './routes/route.ts';
import type { OperationId, ROUTES } from './routes.ts';

/*
 * Examples of every operation, for people. They stand apart from the registry, so that no Lambda's bundle holds them. A test
 * sends each of them to a running system and compares the answers: test/e2e/examples.e2e.test.ts. All of them tell one story:
 * Ada registers, uploads a clip of 34.5 seconds and a damaged file, and looks at what became of them.
 */

/** The answer of one status, typed by its contract. */
type ExampleAnswer<Answers extends RouteContract['answers']> = {
  readonly [Status in keyof Answers]: { readonly status: Status } & ContentOf<Answers[Status] & RouteAnswer>;
}[keyof Answers];

type ContentOf<Answer extends RouteAnswer> = Answer extends {
  kind: 'json';
  schema: infer Schema extends z.ZodType;
}
  ? { readonly body: z.input<Schema> }
  : Answer extends { kind: 'redirect' }
    ? { readonly location: string }
    : object;

/** One call and its answer. */
export interface RouteExample<Contract extends RouteContract> {
  /** One line, without a full stop. */
  readonly summary: string;
  readonly request: Partial<z.input<Contract['input']>>;
  readonly answer: ExampleAnswer<Contract['answers']>;
}

type RouteExamples = {
  readonly [Id in OperationId]: Readonly<Record<string, RouteExample<(typeof ROUTES)[Id]>>>;
};

const EMAIL = 'ada@example.com';
const OTHER_EMAIL = 'grace@example.com';
const PASSWORD = 'a long sentence is a good password';
const USER_ID = '019a6f0e-4c1d-7c35-9d6a-2f1f0e9b7a11';
const OTHER_USER_ID = '019a6f0f-71b2-7a06-b7e3-0c5d9e8f1a22';
const BUCKET = 'frame-flow-videos';
const STORAGE = `https://${BUCKET}.s3.us-east-1.amazonaws.com`;

/* Values that stand for others in a real system: a test replaces them by what it got. */
export const EXAMPLE_ACCOUNT = { id: USER_ID, otherId: OTHER_USER_ID, emails: [EMAIL, OTHER_EMAIL] } as const;
export const EXAMPLE_STORAGE = { bucket: BUCKET } as const;
export const EXAMPLE_TOKENS = {
  access: 'eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiIwMTlhNmYwZSJ9.c2lnbmF0dXJl',
  refresh: 'n2c0Xk3mJmQ0S1w7bq8kqzvJYc1rT5mEo9aDh4uPsWg',
} as const;
export const EXAMPLE_VIDEOS = {
  ready: '019a6f10-9d0b-7e4a-8c53-5b1d6c0f4e21',
  damaged: '019a6f14-02c7-7b19-a6d0-94e2b7f3c8d5',
} as const;
export const EXAMPLE_SIZES = { ready: 1_883_042, damaged: 40_960, zip: 412_803 } as const;

const PROFILE = { id: USER_ID, email: EMAIL, name: 'Ada', createdAt: '2026-05-04T09:12:33.512Z' };

const TOKENS = {
  accessToken: EXAMPLE_TOKENS.access,
  refreshToken: EXAMPLE_TOKENS.refresh,
  tokenType: 'Bearer',
  expiresIn: 900,
} as const;

const DECLARED = {
  id: EXAMPLE_VIDEOS.ready,
  status: 'AWAITING_UPLOAD',
  fileName: 'holiday.mp4',
  sizeBytes: EXAMPLE_SIZES.ready,
  contentType: 'video/mp4',
  intervalSeconds: 10,
  createdAt: '2026-05-04T09:15:02.118Z',
  updatedAt: '2026-05-04T09:15:02.118Z',
} as const;

const READY = {
  ...DECLARED,
  status: 'READY',
  updatedAt: '2026-05-04T09:15:09.640Z',
  frames: 4,
  expiresAt: '2026-05-11T09:15:09.371Z',
} as const;

const FAILED = {
  ...DECLARED,
  id: EXAMPLE_VIDEOS.damaged,
  status: 'FAILED',
  fileName: 'damaged.mp4',
  sizeBytes: EXAMPLE_SIZES.damaged,
  createdAt: '2026-05-04T09:20:41.007Z',
  updatedAt: '2026-05-04T09:20:44.925Z',
  failure: { code: 'CORRUPT_VIDEO', message: 'The file is damaged: not every frame could be read.' },
} as const;

const folderOf = (videoId: string): string => `users/${USER_ID}/videos/${videoId}`;

const uploadTo = (videoId: string) => ({
  url: STORAGE,
  fields: {
    key: `${folderOf(videoId)}/source.mp4`,
    'Content-Type': 'video/mp4',
    bucket: BUCKET,
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': 'AKIAIOSFODNN7EXAMPLE/20260504/us-east-1/s3/aws4_request',
    'X-Amz-Date': '20260504T091502Z',
    Policy: 'eyJleHBpcmF0aW9uIjoiMjAyNi0wNS0wNFQwOTozMDowMloifQ==',
    'X-Amz-Signature': '4f7d3a2c1b0e9f8d7c6b5a493827160594837261504f3e2d1c0b9a8f7e6d5c4b',
  },
  expiresAt: '2026-05-04T09:30:02.118Z',
});

const signed = (path: string): string =>
  `${STORAGE}/${path}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=300&X-Amz-Signature=9c1e`;

const frameAt = (index: number, timeSeconds: number) => ({
  index,
  timeSeconds,
  url: signed(`${folderOf(EXAMPLE_VIDEOS.ready)}/frames/${String(index).padStart(6, '0')}.jpg`),
  width: 320,
  height: 240,
});

const ready = { params: { id: EXAMPLE_VIDEOS.ready } };
const damaged = { params: { id: EXAMPLE_VIDEOS.damaged } };

export const ROUTE_EXAMPLES: RouteExamples = {
  getHealth: {
    up: { summary: 'The API answers', request: {}, answer: { status: 200, body: { status: 'ok' } } },
  },
  register: {
    named: {
      summary: 'An account with a name',
      request: { body: { email: EMAIL, password: PASSWORD, name: 'Ada' } },
      answer: { status: 201, body: PROFILE },
    },
    nameless: {
      summary: 'An account without a name',
      request: { body: { email: OTHER_EMAIL, password: PASSWORD } },
      answer: { status: 201, body: { ...PROFILE, id: OTHER_USER_ID, email: OTHER_EMAIL, name: null } },
    },
  },
  login: {
    first: {
      summary: 'From a new device',
      request: { body: { email: EMAIL, password: PASSWORD } },
      answer: { status: 200, body: TOKENS },
    },
    knownDevice: {
      summary: 'From a device that still has a refresh token of the account',
      request: { body: { email: EMAIL, password: PASSWORD, refreshToken: EXAMPLE_TOKENS.refresh } },
      answer: { status: 200, body: TOKENS },
    },
  },
  refresh: {
    renewal: {
      summary: 'The next pair of tokens',
      request: { body: { refreshToken: EXAMPLE_TOKENS.refresh } },
      answer: { status: 200, body: TOKENS },
    },
  },
  logout: {
    end: {
      summary: 'The end of the session',
      request: { body: { refreshToken: EXAMPLE_TOKENS.refresh } },
      answer: { status: 204 },
    },
  },
  getProfile: {
    own: { summary: 'The own profile', request: {}, answer: { status: 200, body: PROFILE } },
  },
  updateProfile: {
    rename: {
      summary: 'Another name',
      request: { body: { name: 'Ada Lovelace' } },
      answer: { status: 200, body: { ...PROFILE, name: 'Ada Lovelace' } },
    },
    removeName: {
      summary: 'No name',
      request: { body: { name: null } },
      answer: { status: 200, body: { ...PROFILE, name: null } },
    },
  },
  getJwks: {
    keys: {
      summary: 'One key',
      request: {},
      answer: {
        status: 200,
        body: {
          keys: [
            {
              kty: 'OKP',
              crv: 'Ed25519',
              x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
              kid: '7c1f4c5e-2f0a-4a39-9d0e-6b8f3f3b1f2a',
              use: 'sig',
              alg: 'EdDSA',
            },
          ],
        },
      },
    },
  },
  createVideo: {
    usual: {
      summary: 'A frame for every 10 seconds',
      request: {
        headers: { 'idempotency-key': '5d5e0a52-6b0f-4f0c-9a3e-1d3a5c7e9b11' },
        body: { fileName: 'holiday.mp4', sizeBytes: EXAMPLE_SIZES.ready },
      },
      answer: { status: 201, body: { ...DECLARED, upload: uploadTo(EXAMPLE_VIDEOS.ready) } },
    },
    everySecond: {
      summary: 'A frame for every second, the content type given',
      request: {
        body: {
          fileName: 'damaged.mp4',
          sizeBytes: EXAMPLE_SIZES.damaged,
          contentType: 'video/mp4',
          intervalSeconds: 1,
        },
      },
      answer: {
        status: 201,
        body: {
          ...DECLARED,
          id: EXAMPLE_VIDEOS.damaged,
          fileName: 'damaged.mp4',
          sizeBytes: EXAMPLE_SIZES.damaged,
          intervalSeconds: 1,
          upload: uploadTo(EXAMPLE_VIDEOS.damaged),
        },
      },
    },
  },
  listVideos: {
    firstPage: {
      summary: 'The newest video, and where to go on',
      request: { query: { limit: 1 } },
      answer: {
        status: 200,
        body: {
          items: [{ ...FAILED, intervalSeconds: 1 }],
          nextCursor: 'ZDQxZDhjZDk4ZjAwYjIwNHwyMDI2LTA1LTA0VDA5OjIwOjQxLjAwN1p8MDE5YTZmMTQ',
        },
      },
    },
  },
  getVideo: {
    ready: {
      summary: 'A video that is READY',
      request: ready,
      answer: { status: 200, body: READY },
    },
    failed: {
      summary: 'A video that has FAILED',
      request: damaged,
      answer: { status: 200, body: { ...FAILED, intervalSeconds: 1 } },
    },
  },
  deleteVideo: {
    delete: { summary: 'The end of a video', request: damaged, answer: { status: 202 } },
  },
  getTimeline: {
    ready: {
      summary: 'From the declaration to the frames',
      request: ready,
      answer: {
        status: 200,
        body: {
          items: [
            { type: 'VIDEO_CREATED', occurredAt: '2026-05-04T09:15:02.118Z' },
            { type: 'FILE_UPLOADED', occurredAt: '2026-05-04T09:15:06.402Z' },
            { type: 'PROCESS_FILE', occurredAt: '2026-05-04T09:15:06.733Z', attempt: 1, target: 'lambda' },
            {
              type: 'EXTRACTION_STARTED',
              occurredAt: '2026-05-04T09:15:07.015Z',
              attempt: 1,
              target: 'lambda',
            },
            { type: 'FILE_PROCESSED', occurredAt: '2026-05-04T09:15:09.088Z', attempt: 1 },
            { type: 'FILE_AVAILABLE', occurredAt: '2026-05-04T09:15:09.371Z', attempt: 1 },
          ],
          nextCursor: null,
        },
      },
    },
  },
  getDownload: {
    redirect: {
      summary: 'To the ZIP itself',
      request: ready,
      answer: { status: 302, location: signed(`${folderOf(EXAMPLE_VIDEOS.ready)}/frames.zip`) },
    },
    json: {
      summary: 'The URL, size and checksum, with `Accept: application/json`',
      request: { ...ready, headers: { accept: 'application/json' } },
      answer: {
        status: 200,
        body: {
          url: signed(`${folderOf(EXAMPLE_VIDEOS.ready)}/frames.zip`),
          sizeBytes: EXAMPLE_SIZES.zip,
          sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
          expiresAt: '2026-05-04T09:21:12.000Z',
        },
      },
    },
  },
  listFrames: {
    all: {
      summary: 'All four frames',
      request: ready,
      answer: {
        status: 200,
        body: {
          items: [frameAt(0, 0), frameAt(1, 10), frameAt(2, 20), frameAt(3, 30)],
          nextCursor: null,
        },
      },
    },
    firstPage: {
      summary: 'Two frames, and where to go on',
      request: { ...ready, query: { limit: 2 } },
      answer: {
        status: 200,
        body: {
          items: [frameAt(0, 0), frameAt(1, 10)],
          nextCursor: 'ZDQxZDhjZDk4ZjAwYjIwNHwy',
        },
      },
    },
  },
};
