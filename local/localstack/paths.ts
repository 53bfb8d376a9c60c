import { join } from 'node:path';

/** Where everything is that `npm run localstack` reads and writes. */
export interface Paths {
  readonly project: string;
  readonly composeFile: string;
  /** The environment files that the compose file names. */
  readonly environmentFiles: string;
  /** All else that is written, readable by its owner alone: outputs hold passwords. */
  readonly work: string;
  readonly assembly: string;
  readonly outputs: string;
  /** What was deployed last (deployed-api.ts). */
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
