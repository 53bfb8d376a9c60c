import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLog } from '../../../local/log.ts';
import { startDevStack } from '../../../local/stack.ts';
import { makeStateDir, removeStateDir } from './running-stack.ts';

/** Enough for bundling the whole app, which takes minutes on a busy machine. The limit only ends a hanging test. */
const TIMEOUT_MILLISECONDS = 300_000;

let stateDir: string;
beforeEach(async () => {
  stateDir = await makeStateDir();
});
afterEach(() => removeStateDir(stateDir));

test(
  'The dev stack refuses to start with the message of its failed self-test',
  async () => {
    // The real app with a missing FFmpeg.
    const appEntry = join(stateDir, 'app.mjs');
    writeFileSync(
      appEntry,
      `process.env.CDK_CONTEXT_JSON = JSON.stringify(withoutFfmpeg(JSON.parse(process.env.CDK_CONTEXT_JSON ?? '{}')));
function withoutFfmpeg(context) {
  return { ...context, local: { ...context.local, ffmpegPath: '/missing/ffmpeg' } };
}
await import(${JSON.stringify(join(import.meta.dirname, '../../../bin/frame-flow.ts'))});
`,
    );
    const refusal = startDevStack({
      port: 0,
      stateDir,
      appEntry,
      log: silentLog,
      redisUrl: process.env.REDIS_URL,
      schedules: false,
    });
    await expect(refusal).rejects.toMatchObject({
      code: 'TRIGGER_FAILED',
      message: expect.stringMatching(
        /SelfTestExtractionTrigger\w* failed: SelfTestFailedError: The engine ffmpeg-cli gives no frame of the built-in clip/,
      ),
    });
  },
  TIMEOUT_MILLISECONDS,
);
