import * as z from 'zod';
import { CreatedVideo, CreateVideoRequest } from '../../contracts/http.ts';
import { ValidationFailedError } from '../../shared/errors/app-error.ts';
import { userRoute } from '../../shared/http/route.ts';
import { createVideo } from '../core/create-video.ts';
import type { UploadServices } from '../core/ports.ts';

const IDEMPOTENCY_KEY = /^[\x20-\x7e]{1,128}$/;

export const createVideoRoute = userRoute({
  method: 'POST',
  path: '/videos',
  input: z.object({ body: CreateVideoRequest }),
  answer: CreatedVideo,
  status: 201,
  run: ({ body }, services: UploadServices, { caller, correlationId, header }) =>
    createVideo(
      {
        userId: caller.userId,
        request: body,
        idempotencyKey: parseIdempotencyKey(header('idempotency-key')),
        correlationId,
      },
      services,
    ),
});

/** @throws ValidationFailedError */
const parseIdempotencyKey = (value: string | undefined): string | undefined => {
  if (value === undefined || IDEMPOTENCY_KEY.test(value)) return value;
  throw new ValidationFailedError([
    { path: 'headers.idempotency-key', message: 'not 1 to 128 printable ASCII characters' },
  ]);
};
