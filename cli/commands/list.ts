import { allVideos, type Video } from '../../client/index.ts';
import type { CommandContext } from '../context.ts';
import type { Outcome } from '../exit-codes.ts';
import { table } from '../output/table.ts';
import { videoRow } from '../output/video-text.ts';
import { withService } from '../service/with-service.ts';

export interface ListOptions {
  limit: number;
}

/** `frame-flow list`: the videos of the account, the newest first. */
export const list = (context: CommandContext, { limit }: ListOptions): Promise<Outcome> =>
  withService(context, async ({ client }) => {
    const { terminal, signal } = context;
    const videos: Video[] = [];
    for await (const video of allVideos(client, { signal })) {
      if (terminal.readerGone.aborted) return 'done';
      if (terminal.isJson) terminal.result(video);
      videos.push(video);
      if (videos.length >= limit) break;
    }
    if (!terminal.isJson) terminal.lines(table(videos.map(videoRow)));
    if (videos.length === 0) terminal.note('There are no videos yet: add one with `frame-flow cut FILE`.');
    return 'done';
  });
