import * as z from 'zod';
import { type UserId, VideoId } from '../../contracts/ids.ts';
import type { UPLOAD_ROUTES } from '../../contracts/routes/upload.ts';
import { InvalidCursorError } from '../../shared/errors/app-error.ts';
import { decodeCursor, encodeCursor } from '../../shared/http/cursor.ts';
import type { Operation } from '../../shared/http/operation.ts';
import type { PagePosition, UploadServices } from '../core/ports.ts';
import { listVideos } from '../core/read-videos.ts';

export const listVideosOperation: Operation<typeof UPLOAD_ROUTES.listVideos, UploadServices> = async (
  { query },
  services,
  { caller: { userId } },
) => {
  const after = query.cursor === undefined ? undefined : toPosition(userId, query.cursor);
  const { items, next } = await listVideos({ userId, limit: query.limit, after }, services);
  return { items, nextCursor: next ? toCursor(userId, next) : null };
};

const Position = z.tuple([z.iso.datetime(), VideoId]);

const toCursor = (userId: UserId, { createdAt, id }: PagePosition): string =>
  encodeCursor(scope(userId), [createdAt.toISOString(), id]);

/** @throws InvalidCursorError, also for another user's cursor */
const toPosition = (userId: UserId, cursor: string): PagePosition => {
  const position = Position.safeParse(decodeCursor(scope(userId), cursor));
  if (!position.success) throw new InvalidCursorError({ cause: position.error });
  const [createdAt, id] = position.data;
  return { createdAt: new Date(createdAt), id };
};

const scope = (userId: UserId): string => `videos of ${userId}`;
