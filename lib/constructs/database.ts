import type { Construct } from 'constructs';
import type { DatabaseContext, DatabaseLogin } from '../../functions/contracts/database.ts';
import type { Workload } from './workload.ts';

/** The PostgreSQL that the contexts share. Each context has its own roles. */
export interface Database {
  /**
   * Lets a workload log in with a role of its context, and sets the address.
   * @param login the kind of process, because HTTP functions have their own role. @default background
   */
  grantConnect(workload: Workload, context: DatabaseContext, login?: DatabaseLogin): void;

  /** Lets a self-test log in with each role, and sets the address. The self-test chooses the role itself. */
  grantEachLogin(workload: Workload): void;

  /** Lets the migrations log in with the master user. */
  grantAdministration(workload: Workload): void;

  /** The constructs that must exist before the migrations run. */
  readonly ready: readonly Construct[];
}
