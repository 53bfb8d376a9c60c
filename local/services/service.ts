import type { ProcessServices } from '../processes/managed-process.ts';
import type { StateDirectory } from '../state/directory.ts';
import type { LocalSecrets } from '../state/secrets.ts';

/** What every local service is started with. */
export interface ServiceContext extends ProcessServices {
  readonly state: StateDirectory;
  readonly secrets: LocalSecrets;
}
