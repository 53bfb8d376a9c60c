import type { Construct } from 'constructs';
import type { DatabaseContext, DatabaseLogin } from '../../functions/contracts/database.ts';
import type { Workload } from './workload.ts';

/** The one PostgreSQL that the contexts share, each behind a role of its own. */
export interface Database {
  /**
   * Lets a workload log in as a role of its context, and tells it where.
   * @param login what kind of process it is: what answers users has a role of its own. @default background
   */
  grantConnect(workload: Workload, context: DatabaseContext, login?: DatabaseLogin): void;

  /** Lets a self-test log in as each role in turn, and tells it where; as whom it decides itself. */
  grantEachLogin(workload: Workload): void;

  /** Lets the migrations log in as the master user. */
  grantAdministration(workload: Workload): void;

  /** What must stand before the migrations run. */
  readonly ready: readonly Construct[];
}
