import type * as z from 'zod';
import { FAILURES, FailureCode } from '../functions/contracts/failures.ts';
import {
  CreatedVideo,
  CreateVideoRequest,
  Download,
  FramePage,
  Health,
  Jwks,
  LoginRequest,
  Profile,
  RefreshRequest,
  RegisterRequest,
  Timeline,
  TimelineEntry,
  TokenPair,
  UpdateProfileRequest,
  Video,
  VideoPage,
  VideoStatus,
} from '../functions/contracts/http.ts';
import { MAX_FRAMES } from '../functions/contracts/limits.ts';
import { Problem, ProblemCode } from '../functions/contracts/problem.ts';
import { PROBLEMS } from '../functions/contracts/problems.ts';

/*
 * The schemas that have a name in the document, and what people read of them. The schemas themselves stand in
 * `functions/contracts`; their texts stand here, so that no Lambda's bundle holds them.
 */

/** A schema of the document's components. */
export interface NamedSchema {
  readonly schema: z.ZodType;
  readonly description: string;
  /** By property, for objects. */
  readonly properties?: Readonly<Record<string, string>>;
  /** By value, for enumerations. */
  readonly values?: Readonly<Record<string, string>>;
}

/** A new property without a text does not compile. */
const object = <Schema extends z.ZodObject>(
  schema: Schema,
  description: string,
  properties: Readonly<Record<keyof Schema['shape'] & string, string>>,
): NamedSchema => ({ schema, description, properties });

/** A new value without a text does not compile. */
const enumeration = <Values extends Readonly<Record<string, string>>>(
  schema: z.ZodEnum<Values>,
  description: string,
  values: Readonly<Record<keyof Values & string, string>>,
): NamedSchema => ({ schema, description, values });

const texts = <Entry>(
  catalogue: Readonly<Record<string, Entry>>,
  textOf: (entry: Entry) => string,
): Record<string, string> =>
  Object.fromEntries(Object.entries(catalogue).map(([code, entry]) => [code, textOf(entry)]));

const page = (what: string): { items: string; nextCursor: string } => ({
  items: what,
  nextCursor: 'Send it as `cursor` to get the next page. `null`: this is the last page.',
});

const VIDEO_PROPERTIES = {
  id: 'The id of the video.',
  status: 'Where the video is on its way.',
  fileName: 'The name of the file, as it was declared.',
  sizeBytes: 'The size of the file in bytes, as it was declared.',
  contentType: 'The content type of the file: declared, or implied by the extension of its name.',
  intervalSeconds: 'Seconds of video between two frames.',
  createdAt: 'When the video was declared, ISO 8601, UTC.',
  updatedAt: 'When its status last changed, ISO 8601, UTC.',
  waiting: 'Only while UPLOADED: the place in the queue.',
  progress: 'Only while PROCESSING: how far the extraction is.',
  frames: 'Only while READY or RESULT_EXPIRED: how many frames the ZIP holds.',
  expiresAt: 'Only while READY or RESULT_EXPIRED: until when the frames can or could be downloaded.',
  failure: 'Only when FAILED: the reason.',
};

const EMAIL = 'The email address of the account. Its letter case does not matter.';
const REFRESH_TOKEN = 'A refresh token that this API gave out.';

export const NAMED_SCHEMAS: Readonly<Record<string, NamedSchema>> = {
  Health: object(Health, 'The API answers.', { status: 'Always `ok`.' }),
  RegisterRequest: object(RegisterRequest, 'A new account.', {
    email: 'The email address of the account, ASCII only. It is stored in lower case.',
    password: '8 to 128 characters of any kind. Common passwords are refused.',
    name: 'How the user wants to be called.',
  }),
  LoginRequest: object(LoginRequest, 'The credentials of an account.', {
    email: EMAIL,
    password: 'The password of the account.',
    refreshToken:
      'Any refresh token that this device got for the account, however old. It proves a known device, which attacks on ' +
      'the account do not slow down.',
  }),
  RefreshRequest: object(RefreshRequest, 'A session.', { refreshToken: REFRESH_TOKEN }),
  TokenPair: object(TokenPair, 'The tokens of a session.', {
    accessToken: 'Send it with each call: `Authorization: Bearer <accessToken>`.',
    refreshToken: 'Renews the session once. Keep it secret.',
    tokenType: 'Always `Bearer`.',
    expiresIn: 'Seconds until the access token expires.',
  }),
  Profile: object(Profile, 'A user.', {
    id: 'The id of the user.',
    email: 'The email address, in lower case.',
    name: 'How the user wants to be called, or `null`.',
    createdAt: 'When the account was created, ISO 8601, UTC.',
  }),
  UpdateProfileRequest: object(UpdateProfileRequest, 'A change of the profile.', {
    name: 'How the user wants to be called. `null` removes the name.',
  }),
  Jwks: object(Jwks, 'A JSON Web Key Set (RFC 7517).', { keys: 'The public keys that are in use.' }),
  Jwk: object(
    Jwks.shape.keys.element,
    'A public key, with the parameters of its kind (RFC 7517, RFC 8037).',
    {
      kty: 'The kind of the key.',
      kid: 'The id of the key; the header of a token names it.',
      alg: 'The algorithm of the signatures.',
      use: 'Always `sig`: the key checks signatures.',
    },
  ),
  CreateVideoRequest: object(CreateVideoRequest, 'A file that will be uploaded.', {
    fileName: 'The name of the file. Its extension is `.mp4`, `.mov`, `.mkv` or `.avi`.',
    sizeBytes: 'The exact size of the file in bytes. The upload accepts no other size.',
    contentType: 'The content type of the upload. By default the extension of the name implies it.',
    intervalSeconds: 'Seconds of video between two frames.',
  }),
  VideoStatus: enumeration(VideoStatus, 'Where a video is on its way.', {
    AWAITING_UPLOAD: 'The video was declared; its file has not arrived.',
    UPLOADED: 'The file has arrived and was checked; it waits for its extraction.',
    PROCESSING: 'Frames are being extracted.',
    READY: 'The ZIP is complete and can be downloaded.',
    FAILED: 'The extraction failed for good; `failure` has the reason.',
    EXPIRED: 'Nothing was uploaded before the form expired. A late upload is still accepted.',
    RESULT_EXPIRED: 'The video was READY; its ZIP and frames can no longer be downloaded.',
  }),
  Video: object(Video, 'A video and what became of it.', VIDEO_PROPERTIES),
  CreatedVideo: object(CreatedVideo, 'A video that was declared, and the form to upload its file with.', {
    ...VIDEO_PROPERTIES,
    upload: 'The form of the upload.',
  }),
  UploadForm: object(
    CreatedVideo.shape.upload,
    'Send `fields` in their order, and then the file as the field `file`, as multipart/form-data to `url`.',
    {
      url: 'Where to send the form. It is an address of the storage, not of this API.',
      fields: 'The fields of the form, by name.',
      expiresAt: 'Until when the form is accepted, ISO 8601, UTC.',
    },
  ),
  Waiting: object(Video.shape.waiting.unwrap(), 'The place of a video in the queue.', {
    since: 'When the wait began, ISO 8601, UTC.',
    ahead: 'How many videos are before it. 1000 means: 1000 or more.',
  }),
  Progress: object(Video.shape.progress.unwrap(), 'How far an extraction is.', {
    framesDone: 'How many frames are stored.',
    framesExpected: `How many frames there will be, at most ${MAX_FRAMES}.`,
  }),
  Failure: object(Video.shape.failure.unwrap(), 'Why a video has FAILED.', {
    code: 'The reason. It is stable: programs branch on it.',
    message: 'The reason as a sentence for people.',
  }),
  FailureCode: {
    schema: FailureCode,
    description: 'Why a video has failed.',
    values: texts(FAILURES, ({ message }) => message),
  },
  VideoPage: object(VideoPage, 'A page of videos.', page('The videos, the newest first.')),
  Timeline: object(Timeline, 'The steps of a video.', page('The steps, the oldest first.')),
  TimelineEntry: object(TimelineEntry, 'One step of a video.', {
    type: 'What happened.',
    occurredAt: 'When it happened, ISO 8601, UTC.',
    attempt: 'The number of the attempt, from 1, for steps of an extraction.',
    target: 'Where the attempt runs: `lambda`, or `fargate` for large videos.',
    code: 'For failures: the reason. See `FailureCode`.',
    message: 'For failures: the reason as a sentence.',
  }),
  TimelineEntryType: enumeration(TimelineEntry.shape.type, 'What happened to a video.', {
    VIDEO_CREATED: 'The video was declared.',
    UPLOAD_EXPIRED: 'Nothing was uploaded before the form expired.',
    UPLOAD_REFUSED: 'The uploaded file cannot be used.',
    FILE_UPLOADED: 'The file has arrived and was checked.',
    PROCESS_FILE: 'An attempt was ordered.',
    EXTRACTION_STARTED: 'The attempt has begun.',
    FILE_PROCESSED: 'The attempt has stored the frames and the ZIP.',
    FILE_AVAILABLE: 'The ZIP can be downloaded.',
    FILE_FAILED: 'The attempt failed.',
    FILE_DELETED: 'The user deleted the video.',
    DISCARD_FILE: 'No further attempt is made; partial results are removed.',
  }),
  Download: object(Download, 'Where the ZIP is.', {
    url: 'The address of the ZIP. It works for a few minutes, without an access token.',
    sizeBytes: 'The size of the ZIP in bytes.',
    sha256: 'The SHA-256 of the ZIP, 64 hexadecimal digits.',
    expiresAt: 'Until when the address works, ISO 8601, UTC.',
  }),
  FramePage: object(FramePage, 'A page of frames.', page('The frames, in the order of the video.')),
  Frame: object(FramePage.shape.items.element, 'A frame, as JPEG.', {
    index: 'The number of the frame, from 0.',
    timeSeconds: 'Its time in the video, in seconds from the first frame.',
    url: 'The address of the picture. It works for a few minutes, without an access token.',
    width: 'The width in pixels.',
    height: 'The height in pixels.',
  }),
  Problem: object(Problem, 'Why a call was refused or failed (RFC 9457).', {
    type: 'The place of the code in the documentation, relative to the address of the API.',
    title: 'The code in words.',
    status: 'The HTTP status, once more.',
    code: 'What happened. It is stable: programs branch on it.',
    detail: 'What happened, as a sentence for people.',
    instance: 'Not used at present.',
    correlationId: 'The id of the call. Quote it when you ask for help.',
    errors: 'For VALIDATION_FAILED: what is wrong with which field.',
  }),
  FieldError: object(Problem.shape.errors.unwrap().element, 'What is wrong with one field.', {
    path: 'The path of the field with dots between its parts, for example `body.email`.',
    message: 'What is wrong with it.',
  }),
  ProblemCode: {
    schema: ProblemCode,
    description: 'What happened to a call.',
    values: texts(PROBLEMS, ({ detail }) => detail),
  },
};
