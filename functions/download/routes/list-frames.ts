import * as z from 'zod';
import type { VideoId } from '../../contracts/ids.ts';
import type { DOWNLOAD_ROUTES } from '../../contracts/routes/download.ts';
import { InvalidCursorError } from '../../shared/errors/app-error.ts';
import { decodeCursor, encodeCursor } from '../../shared/http/cursor.ts';
import type { Operation } from '../../shared/http/operation.ts';
import { listFrames } from '../core/list-frames.ts';
import type { DownloadServices } from '../core/ports.ts';

export const listFramesOperation: Operation<typeof DOWNLOAD_ROUTES.listFrames, DownloadServices> = async (
  { params: { id }, query },
  services,
  { caller },
) => {
  const fromIndex = query.cursor === undefined ? 0 : toIndex(id, query.cursor);
  const page = await listFrames({ id, userId: caller.userId, limit: query.limit, fromIndex }, services);
  return {
    items: page.items,
    nextCursor: page.nextIndex === undefined ? null : toCursor(id, page.nextIndex),
  };
};

const Position = z.tuple([z.string().regex(/^\d{1,9}$/)]);

const toCursor = (id: VideoId, index: number): string => encodeCursor(scope(id), [String(index)]);

/** @throws InvalidCursorError, also for another video's cursor */
const toIndex = (id: VideoId, cursor: string): number => {
  const position = Position.safeParse(decodeCursor(scope(id), cursor));
  if (!position.success) throw new InvalidCursorError({ cause: position.error });
  return Number(position.data[0]);
};

const scope = (id: VideoId): string => `frames of ${id}`;
