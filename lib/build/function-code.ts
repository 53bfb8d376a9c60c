import { join } from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { FUNCTIONS_DIRECTORY } from '../paths.ts';
import { functionBundle } from './bundle-entry.ts';
import { replaceFile } from './replace-file.ts';

/** The files that a function's package holds beside its bundle: each one's path, and what reads or makes its content. */
export type PackageFiles = Readonly<Record<string, () => string>>;

/**
 * The package of a function: its bundle as `index.mjs`, and other files. It is made in this process. The CDK's own
 * NodejsFunction starts npx and esbuild for each function, and a synthesis took three times as long.
 *
 * @param entry its path below `functions/`
 */
export const functionCode = (entry: string, files: PackageFiles = {}): lambda.Code =>
  lambda.Code.fromAsset(FUNCTIONS_DIRECTORY, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // The CDK makes a package once for all functions whose bundling says the same here.
      command: [entry, ...Object.keys(files)],
      // Required by the type. Bundling here never falls back to it.
      image: DockerImage.fromRegistry('scratch'),
      local: {
        tryBundle(directory) {
          const contents = { 'index.mjs': () => functionBundle(entry), ...files };
          for (const [path, content] of Object.entries(contents)) {
            replaceFile(join(directory, path), content());
          }
          return true;
        },
      },
    },
  });
