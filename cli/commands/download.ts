import type { CommandContext } from '../context.ts';
import type { Outcome } from '../exit-codes.ts';
import { count } from '../output/units.ts';
import { fetchFrames } from '../service/fetch-frames.ts';
import { withService } from '../service/with-service.ts';
import { nameWithoutExtension, requireFree, type Target } from '../write/targets.ts';

export interface DownloadOptions {
  output?: string;
  force?: boolean;
}

/** `frame-flow download`: the ZIP of a video that is ready. */
export const download = (context: CommandContext, id: string, options: DownloadOptions): Promise<Outcome> =>
  fetchTo(context, id, options, (name) => ({ kind: 'zip', path: options.output ?? `${name}-frames.zip` }));

/** `frame-flow frames`: the frames of a video that is ready, as files. */
export const frames = (context: CommandContext, id: string, options: DownloadOptions): Promise<Outcome> =>
  fetchTo(context, id, options, (name) => ({ kind: 'folder', path: options.output ?? `${name}-frames` }));

const fetchTo = (
  context: CommandContext,
  id: string,
  { force = false }: DownloadOptions,
  targetOf: (name: string) => Target,
): Promise<Outcome> =>
  withService(context, async ({ client }) => {
    const { terminal, signal } = context;
    const video = await client.getVideo({ id }, { signal });
    const target = targetOf(nameWithoutExtension(video.fileName));
    await requireFree(target, force);
    const board = await terminal.startProgress();
    const task = board.task(video.fileName, { unit: 'bytes', done: 0, total: 0, step: 'downloading' });
    try {
      const { manifest, sizeBytes } = await fetchFrames(client, id, target, task, signal);
      const { framesDelivered } = manifest;
      terminal.result({ id, output: target.path, frames: framesDelivered, sizeBytes }, target.path);
      terminal.note(`${count(framesDelivered, 'frame')}, each checked against the manifest`);
      return 'done';
    } finally {
      task.end();
      terminal.endProgress();
    }
  });
