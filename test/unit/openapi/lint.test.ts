import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { REPOSITORY_ROOT } from '../../../lib/paths.ts';

/** Redocly's linter reports its use and looks for newer versions unless it is told not to. */
const QUIET = { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };

it("the document keeps Redocly's recommended rules: no error, no warning, no exception", async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      join(REPOSITORY_ROOT, 'node_modules', '.bin', 'redocly'),
      'lint',
      'docs/openapi.json',
      '--extends=recommended',
      '--format=json',
    ],
    { cwd: REPOSITORY_ROOT, env: { ...process.env, ...QUIET } },
  );
  expect(JSON.parse(stdout)).toMatchObject({ totals: { errors: 0, warnings: 0, ignored: 0 }, problems: [] });
});
