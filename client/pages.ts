import type { Client } from './create-client.ts';
import type { AnswerOf, CallOptions } from './types.ts';

export type Video = AnswerOf<'getVideo'>;
export type Frame = AnswerOf<'listFrames'>['items'][number];

/** All videos of the user, the newest first; the pages are asked for as they are needed. @throws FrameFlowError */
export async function* allVideos(client: Client, options?: CallOptions): AsyncGenerator<Video, void> {
  yield* allItems((cursor) => client.listVideos({ cursor }, options));
}

/**
 * All frames of a video in order; the pages are asked for as they are needed. A frame's URL is valid for some minutes
 * from the moment when its page was asked for. @throws FrameFlowError
 */
export async function* allFrames(
  client: Client,
  id: string,
  options?: CallOptions,
): AsyncGenerator<Frame, void> {
  yield* allItems((cursor) => client.listFrames({ id, cursor }, options));
}

interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

async function* allItems<Item>(
  pageAt: (cursor: string | undefined) => Promise<Page<Item>>,
): AsyncGenerator<Item, void> {
  for (let cursor: string | undefined; ; ) {
    const { items, nextCursor } = await pageAt(cursor);
    yield* items;
    if (nextCursor === null) return;
    cursor = nextCursor;
  }
}
