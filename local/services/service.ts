import type { ProcessServices } from '../processes/managed-process.ts';
import type { StateDirectory } from '../state/directory.ts';
import type { LocalSecrets } from '../state/secrets.ts';

/** What every local service needs to start. */
export interface ServiceContext extends ProcessServices {
  readonly state: StateDirectory;
  readonly secrets: LocalSecrets;
}
