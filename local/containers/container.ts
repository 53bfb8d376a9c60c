import { join, resolve } from 'node:path';
import { wrongClock } from '../clock/wrong-clock.ts';
import { ManagedProcess, type ProcessServices } from '../processes/managed-process.ts';
import type { ContainerModel } from '../template/model.ts';

export interface ContainerServices extends ProcessServices {
  /** The base of a container's `directory`. */
  readonly projectDirectory: string;
  readonly logs: string;
  /** Credentials, region and endpoints. */
  readonly aws: Readonly<Record<string, string>>;
}

/** Runs a container of the template as a process, with the bundle and the environment of its image. */
export const containerProcess = (model: ContainerModel, services: ContainerServices): ManagedProcess => {
  const [command = 'node', ...args] = model.command;
  const clock = wrongClock(model);
  return new ManagedProcess(
    {
      name: model.name,
      // The image's `node` is the Node that runs this process.
      command: command === 'node' ? process.execPath : command,
      args: [...clock.args, ...args],
      cwd: resolve(services.projectDirectory, model.directory),
      env: {
        PATH: process.env.PATH,
        LANG: 'C.UTF-8',
        TZ: 'UTC',
        NODE_ENV: 'production',
        ...clock.environment,
        ...services.aws,
        ...model.environment,
      },
      logFile: join(services.logs, `${model.name}.log`),
      stopTimeoutMilliseconds: model.stopTimeoutSeconds * 1000,
    },
    services,
  );
};
