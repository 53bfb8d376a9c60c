import type { OperationId } from './routes.ts';

/** An operation's texts for people. They are separate from the registry, so that they are not in the Lambda bundles. */
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
    summary: 'Checks that the API responds',
    description:
      'It uses no store, so it responds even if a store is unavailable. Other calls then return 503.',
  },
  register: {
    tag: 'Account',
    summary: 'Creates an account',
    description:
      'An email address has one account; letter case is ignored. A password has 8 to 128 characters; common ones are refused.',
  },
  login: {
    tag: 'Account',
    summary: 'Starts a session',
    description:
      'Returns an access token for the header `Authorization: Bearer` and a refresh token that renews it. Wrong passwords ' +
      'lead to growing delays for their sender (429 with `Retry-After`). A client that has an old refresh token of the ' +
      'account should send it as `refreshToken`: attacks on the account do not delay a known device.',
  },
  refresh: {
    tag: 'Account',
    summary: 'Renews the tokens of a session',
    description:
      'Each refresh token works once, and the response contains the next one. After a 503, repeat the call with the same ' +
      'token. If a token is used again later, the session ends, because the token may have been stolen.',
  },
  logout: {
    tag: 'Account',
    summary: 'Ends a session',
    description: 'Repeatable: a session that has already ended gets the same response.',
  },
  getProfile: {
    tag: 'Account',
    summary: 'Reads the profile',
    description: 'The profile of the user to whom the access token belongs.',
  },
  updateProfile: {
    tag: 'Account',
    summary: 'Changes the name in the profile',
    description: '`null` removes the name.',
  },
  getJwks: {
    tag: 'Service',
    summary: 'Publishes the keys of the access tokens',
    description:
      'A JSON Web Key Set (RFC 7517). Other services can use it to check access tokens themselves.',
  },
  createVideo: {
    tag: 'Videos',
    summary: 'Declares a video for upload',
    description:
      'Returns an upload form. Send the fields of `upload.fields` and then the file, as the field `file`, as ' +
      'multipart/form-data to `upload.url`. The form accepts only this file: the size must match. If you send an ' +
      '`Idempotency-Key`, you can repeat the call after a lost response and get the same video.',
  },
  listVideos: {
    tag: 'Videos',
    summary: 'Lists the videos of the user',
    description: 'Newest first, in pages: send `nextCursor` as `cursor` to get the next page.',
  },
  getVideo: {
    tag: 'Videos',
    summary: 'Reads a video',
    description: 'Includes the progress while the video is processed, and the reason if it has failed.',
  },
  deleteVideo: {
    tag: 'Videos',
    summary: 'Deletes a video',
    description: 'Stops running work. Removes the source, frames, ZIP and rows shortly after the response.',
  },
  getTimeline: {
    tag: 'Videos',
    summary: 'Lists the steps of a video, oldest first',
    description:
      'From creation to the finished frames: when each step happened, which attempts failed, and why.',
  },
  getDownload: {
    tag: 'Frames',
    summary: 'Downloads the ZIP of all frames',
    description:
      'Redirects to the ZIP. With `Accept: application/json`, it returns the URL, the size and the SHA-256 instead. The ' +
      'ZIP contains the frames in order and a `manifest.json` with the time, size and SHA-256 of each frame.',
  },
  listFrames: {
    tag: 'Frames',
    summary: 'Lists the frames, each with a URL',
    description: 'In the order of the video, in pages: send `nextCursor` as `cursor` to get the next page.',
  },
};
