import type { OperationId } from './routes.ts';

/** What people read of an operation. It stands apart from the registry, so that no Lambda's bundle holds it. */
export interface RouteText {
  readonly tag: 'Account' | 'Videos' | 'Frames' | 'Service';
  /** One line, without a full stop. */
  readonly summary: string;
  /** For a developer who has not seen the system before. */
  readonly description: string;
}

export const ROUTE_TEXTS: Readonly<Record<OperationId, RouteText>> = {
  getHealth: {
    tag: 'Service',
    summary: 'Says that the API answers',
    description: 'It asks no database, so it answers while a store is away. The other calls then answer 503.',
  },
  register: {
    tag: 'Account',
    summary: 'Creates an account',
    description:
      'An email address has one account, whatever its letter case. A password has 8 to 128 characters; common ones are refused.',
  },
  login: {
    tag: 'Account',
    summary: 'Starts a session',
    description:
      'Answers an access token for the header `Authorization: Bearer` and a refresh token that renews it. Wrong passwords ' +
      'cost their sender growing delays (429 with `Retry-After`). A client that has an old refresh token of the account ' +
      'should send it as `refreshToken`: a known device is not delayed by attacks on the account.',
  },
  refresh: {
    tag: 'Account',
    summary: 'Renews the tokens of a session',
    description:
      'Each refresh token works once and is answered by the next one. A refresh that was answered with 503 can be repeated ' +
      'with the same token. A token that is used again later ends the session, because it may have been stolen.',
  },
  logout: {
    tag: 'Account',
    summary: 'Ends a session',
    description: 'Repeatable: a session that has ended is answered the same.',
  },
  getProfile: { tag: 'Account', summary: 'Reads the profile', description: 'The user of the access token.' },
  updateProfile: {
    tag: 'Account',
    summary: 'Changes the name in the profile',
    description: '`null` removes the name.',
  },
  getJwks: {
    tag: 'Service',
    summary: 'Publishes the keys of the access tokens',
    description: 'A JSON Web Key Set (RFC 7517): with it another service can check access tokens by itself.',
  },
  createVideo: {
    tag: 'Videos',
    summary: 'Declares a video for upload',
    description:
      'Answers a form. Send the fields of `upload.fields` and then the file, as the field `file`, as multipart/form-data to `upload.url`. ' +
      'The form accepts this file alone: its size has to match. With an `Idempotency-Key` the call can be repeated after a ' +
      'lost answer, and the same video is answered.',
  },
  listVideos: {
    tag: 'Videos',
    summary: 'Lists the videos of the user',
    description: 'The newest first, in pages: send `nextCursor` as `cursor` for the next one.',
  },
  getVideo: {
    tag: 'Videos',
    summary: 'Reads a video',
    description: 'With its progress while it is processed, and with the reason if it has failed.',
  },
  deleteVideo: {
    tag: 'Videos',
    summary: 'Deletes a video',
    description:
      'Its source, frames, ZIP and rows are removed shortly after the answer. What is under way is stopped.',
  },
  getTimeline: {
    tag: 'Videos',
    summary: 'Lists the steps of a video, the oldest first',
    description:
      'From its creation to its frames: when each step happened, and which attempts failed and why.',
  },
  getDownload: {
    tag: 'Frames',
    summary: 'Downloads the ZIP of all frames',
    description:
      'Redirects to the ZIP. With `Accept: application/json` it answers the URL, the size and the SHA-256 instead. The ZIP ' +
      'holds the frames in order and a `manifest.json` with the time, size and SHA-256 of each.',
  },
  listFrames: {
    tag: 'Frames',
    summary: 'Lists the single frames with a URL for each',
    description: 'In the order of the video, in pages: send `nextCursor` as `cursor` for the next one.',
  },
};
