import { waitUntilDone } from '../../client/index.ts';
import type { CommandContext } from '../context.ts';
import type { Outcome } from '../exit-codes.ts';
import { videoState } from '../output/video-text.ts';
import { withService } from '../service/with-service.ts';

export interface StatusOptions {
  watch?: boolean;
}

/** `frame-flow status`: what a video does; with `--watch` a line for each change, until it is done. */
export const status = (
  context: CommandContext,
  id: string,
  { watch = false }: StatusOptions,
): Promise<Outcome> =>
  withService(context, async ({ client }) => {
    const { terminal, signal } = context;
    if (!watch) {
      const video = await client.getVideo({ id }, { signal });
      terminal.result(video, `${video.fileName}: ${videoState(video)}`);
      return 'done';
    }
    try {
      const video = await waitUntilDone(client, id, {
        signal: AbortSignal.any([signal, terminal.readerGone]),
        onChange: (changed) => terminal.result(changed, `${changed.fileName}: ${videoState(changed)}`),
      });
      return video.status === 'READY' ? 'done' : 'failed';
    } catch (error) {
      if (terminal.readerGone.aborted) return 'done';
      throw error;
    }
  });
