import { FrameFlowError } from './errors.ts';

/* What S3 answers, in the client's words. */

/** Of S3's own codes, those of failures that pass. RequestTimeout is a 400: the upload came too slowly. */
const TRANSIENT_CODES: ReadonlySet<string> = new Set([
  'RequestTimeout',
  'SlowDown',
  'InternalError',
  'ServiceUnavailable',
]);

const elementOf = (xml: string, name: string): string | undefined =>
  new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];

interface StorageAnswer {
  readonly status: number;
  /** The XML of an error. */
  readonly text: string;
}

const passing = (operation: string, status: number): FrameFlowError =>
  new FrameFlowError({
    ...{ code: 'UNAVAILABLE', operation, status, isTransient: true },
    detail: 'The storage is briefly unavailable.',
  });

const isPassing = (status: number, code: string | undefined): boolean =>
  status >= 500 || status === 429 || (code !== undefined && TRANSIENT_CODES.has(code));

/** Why the storage did not take a file. */
export const uploadRefusal = ({ status, text }: StorageAnswer): FrameFlowError => {
  const operation = 'upload';
  const code = elementOf(text, 'Code');
  const message = elementOf(text, 'Message') ?? '';
  if (isPassing(status, code)) return passing(operation, status);
  if (code === 'EntityTooLarge' || code === 'EntityTooSmall') return sourceChanged(status);
  if (code === 'ExpiredToken' || message.includes('Policy expired')) {
    const detail = 'The form to upload with has expired: create the video again.';
    return new FrameFlowError({ code: 'UPLOAD_FORM_EXPIRED', operation, status, detail });
  }
  const detail = `The storage refused the file: ${message || status}`;
  return new FrameFlowError({ code: 'UPLOAD_REFUSED', operation, status, detail });
};

/** The file has another size than it was declared with, or it changed while it was read. */
export const sourceChanged = (status?: number, cause?: unknown): FrameFlowError =>
  new FrameFlowError({
    ...{ code: 'SOURCE_CHANGED', operation: 'upload', status, cause },
    detail: 'The file has changed since the upload began.',
  });

/** Why the storage did not give a ZIP. */
export const downloadRefusal = ({ status, text }: StorageAnswer): FrameFlowError => {
  const operation = 'download';
  if (isPassing(status, elementOf(text, 'Code'))) return passing(operation, status);
  const detail = `The storage refused the download: ${elementOf(text, 'Message') ?? status}`;
  return new FrameFlowError({ code: 'DOWNLOAD_REFUSED', operation, status, detail });
};
