import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, inject, it } from 'vitest';
import { REPOSITORY_ROOT } from '../../lib/paths.ts';
import { clip } from '../support/clips.ts';
import { temporaryFolder } from '../support/command-line.ts';
import { readFramesZip } from '../support/zip.ts';

it('The walkthrough of docs/api.md works as it is written', async () => {
  const page = await readFile(join(REPOSITORY_ROOT, 'docs/api.md'), 'utf8');
  const script = /^## Walkthrough$[\s\S]*?^```sh\n(?<script>[\s\S]*?)^```$/m.exec(page)?.groups?.script ?? '';
  const folder = await temporaryFolder();
  const env = { ...process.env, API: inject('stack').url, VIDEO: await clip('short.mp4'), TMPDIR: folder };
  const lastly = 'echo "ZIP $DIR/frames.zip"';
  const child = spawn('bash', ['--norc', '-euo', 'pipefail', '-c', `${script}\n${lastly}`], {
    cwd: REPOSITORY_ROOT,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  expect({ code: child.exitCode, stderr }, stdout).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('READY');
  const zip = /^ZIP (?<path>.+)$/m.exec(stdout)?.groups?.path ?? '';
  expect((await readFramesZip(await readFile(zip))).frames).toHaveLength(1);
});
