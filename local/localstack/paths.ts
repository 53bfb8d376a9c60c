import { join } from 'node:path';

/** All paths that `npm run localstack` reads and writes. */
export interface Paths {
  readonly project: string;
  readonly composeFile: string;
  /** The directory of the environment files that the compose file names. */
  readonly environmentFiles: string;
  /** The directory of all other written files. Only its owner can read it, because outputs contain passwords. */
  readonly work: string;
  readonly assembly: string;
  readonly outputs: string;
  /** The hash of the last deployed API (deployed-api.ts). */
  readonly deployedApi: string;
  readonly logs: string;
}

export const pathsIn = (project: string): Paths => {
  const work = join(project, 'build', 'localstack');
  return {
    project,
    composeFile: join(project, 'docker-compose.local.yml'),
    environmentFiles: join(project, 'build', 'compose'),
    work,
    assembly: join(work, 'cdk.out'),
    outputs: join(work, 'outputs.json'),
    deployedApi: join(work, 'deployed-api.json'),
    logs: join(work, 'logs'),
  };
};
