import type { Client } from './create-client.ts';
import { patiently } from './retry.ts';
import { sendFormBy, type UploadForm } from './send-form.ts';
import { sourceChanged, uploadRefusal } from './storage-answers.ts';
import { withinTimeLimit } from './time.ts';
import { unanswered } from './transport.ts';
import type { AnswerOf, InputOf } from './types.ts';

/** A file with its name: a browser's `File`, or a `Blob` and a name. `client/node.ts` makes one of a path. */
export type UploadSource = File | { readonly fileName: string; readonly content: Blob };

export interface SendOptions {
  /** @param sentBytes of the file; starts again where the upload has to be repeated */
  readonly onProgress?: (progress: { readonly sentBytes: number; readonly totalBytes: number }) => void;
  readonly signal?: AbortSignal;
}

export interface UploadOptions extends SendOptions {
  /** Seconds of video between two frames. @default the service's */
  readonly intervalSeconds?: InputOf<'createVideo'>['intervalSeconds'];
  /** @default what the name's extension implies */
  readonly contentType?: string;
  /** @default the source's */
  readonly fileName?: string;
  /** @default a new key: every call creates a video */
  readonly idempotencyKey?: string;
  /** Called once the video exists, before its file is sent. */
  readonly onCreated?: (video: CreatedVideo) => void;
}

export type CreatedVideo = AnswerOf<'createVideo'>;

/**
 * Creates a video and uploads its file. The file is streamed. If the connection breaks, the upload starts again from the
 * beginning of the file, because the service has no multipart upload that could be resumed. After an abort the video
 * stays AWAITING_UPLOAD until its form expires; a caller who wants to delete it gets its id by `onCreated`.
 *
 * @throws FrameFlowError also SOURCE_CHANGED, UPLOAD_FORM_EXPIRED, UPLOAD_REFUSED; the signal's reason
 */
export const uploadFile = async (
  client: Client,
  source: UploadSource,
  { onProgress, signal, idempotencyKey, onCreated, ...options }: UploadOptions = {},
): Promise<CreatedVideo> => {
  const { fileName, content } = 'content' in source ? source : { fileName: source.name, content: source };
  const video = await client.createVideo(
    { fileName, sizeBytes: content.size, ...options },
    { signal, idempotencyKey },
  );
  onCreated?.(video);
  await sendFile(client, video.upload, content, {
    ...(onProgress && { onProgress }),
    ...(signal && { signal }),
  });
  return video;
};

/**
 * Sends a file with the form of its video. A form can be used again until it expires: that changes nothing.
 *
 * @throws FrameFlowError UNREACHABLE, TIMEOUT, UNAVAILABLE, SOURCE_CHANGED, UPLOAD_FORM_EXPIRED, UPLOAD_REFUSED; the
 * signal's reason
 */
export const sendFile = async (
  client: Client,
  form: UploadForm,
  file: Blob,
  { onProgress, signal }: SendOptions = {},
): Promise<void> => {
  const { transport } = client;
  const totalBytes = file.size;
  const send = sendFormBy(transport.fetch);
  await patiently(transport, { signal }, async () => {
    const answer = await withinTimeLimit(transport.timeoutMilliseconds, signal, (limited) =>
      send(form, file, {
        signal: limited.signal,
        onBytes: (bytes) => {
          limited.extend();
          // The bytes of the form's fields are included.
          onProgress?.({ sentBytes: Math.min(bytes, totalBytes), totalBytes });
        },
      }),
    ).catch((cause: unknown) => {
      throw isUnreadable(cause) ? sourceChanged(undefined, cause) : unanswered('upload', cause, signal);
    });
    if (answer.status < 200 || answer.status >= 300) throw uploadRefusal(answer);
  });
};

/** The file was changed or removed while it was read (W3C File API). `fetch` wraps this error. */
const isUnreadable = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'NotReadableError' || isUnreadable(error.cause));
