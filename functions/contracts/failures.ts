import * as z from 'zod';
import { EXTRACTION_FAILURE_CODES } from '../../engine/words.ts';

/** Why a video failed: the extraction's codes, and INTERNAL. The code is stable: clients branch on it. */
export const FailureCode = z.enum([...EXTRACTION_FAILURE_CODES, 'INTERNAL']);
export type FailureCode = z.infer<typeof FailureCode>;

/** For each code: one sentence for the user, and whether another attempt may succeed. */
export const FAILURES = {
  UNSUPPORTED_CONTAINER: { retryable: false, message: 'The file is not an MP4, MOV, MKV or AVI video.' },
  NO_VIDEO_STREAM: { retryable: false, message: 'The file has no video in it.' },
  UNSUPPORTED_CODEC: { retryable: false, message: 'The video is encoded in a format that we cannot read.' },
  CORRUPT_VIDEO: { retryable: false, message: 'The file is damaged: not every frame could be read.' },
  DIMENSIONS_TOO_LARGE: { retryable: false, message: 'The picture is larger than we can process.' },
  TOO_MANY_FRAMES: { retryable: false, message: 'The video would give more frames than we deliver.' },
  SIZE_MISMATCH: { retryable: false, message: 'The uploaded file is not as large as was declared.' },
  SOURCE_REPLACED: {
    retryable: false,
    message: 'The file was replaced by another upload while it was being processed. Upload the video again.',
  },
  PROCESSING_TIMEOUT: { retryable: true, message: 'Processing took too long.' },
  ENGINE_CRASHED: { retryable: true, message: 'The video could not be processed.' },
  INTERNAL: { retryable: true, message: 'Something went wrong on our side.' },
} as const satisfies Record<FailureCode, { retryable: boolean; message: string }>;
