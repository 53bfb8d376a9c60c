import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { environmentFilesOf } from '../lib/compose/environment-files.ts';
import { localStackSecrets } from '../lib/compose/localstack-secrets.ts';
import { BUILD_DIRECTORY } from '../lib/paths.ts';

const USAGE = 'Usage: node bin/compose-env.ts OUTPUTS_FILE [--endpoint http://localhost:4566]';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { endpoint: { type: 'string', default: 'http://localhost:4566' } },
});
const [outputsFile] = positionals;

if (outputsFile === undefined) {
  console.error(USAGE);
  process.exitCode = 2;
} else {
  const outputs: unknown = JSON.parse(await readFile(outputsFile, 'utf8'));
  const directory = join(BUILD_DIRECTORY, 'compose');
  await mkdir(directory, { recursive: true });
  for (const { fileName, content } of await environmentFilesOf(outputs, localStackSecrets(values.endpoint))) {
    // Passwords are in it.
    await writeFile(join(directory, fileName), content, { mode: 0o600 });
    console.log(`wrote build/compose/${fileName}`);
  }
}
