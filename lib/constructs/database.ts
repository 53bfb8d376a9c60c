import type { Construct } from 'constructs';
import type { DatabaseContext } from '../../functions/contracts/database.ts';
import type { Workload } from './workload.ts';

/** The one PostgreSQL that the contexts share, each behind a role of its own. */
export interface Database {
  /** Lets a workload log in as its context's role, and tells it where. */
  grantConnect(workload: Workload, context: DatabaseContext): void;

  /** Lets the migrations log in as the master user. */
  grantAdministration(workload: Workload): void;

  /** What must stand before the migrations run. */
  readonly ready: readonly Construct[];
}
