import * as z from 'zod';
import { DatabaseInstance } from './database-instance.ts';
import { LambdaLimits } from './lambda-limits.ts';
import { LocalServices } from './local-services.ts';
import { AWS_TIMING, LOCAL_TIMING, Timing } from './timing.ts';

/** The stages that can be synthesized. */
export const Stage = z.enum(['dev', 'prod', 'local']);
export type Stage = z.infer<typeof Stage>;

const Architecture = z.enum(['arm64', 'x86_64']);

/** An origin as browsers send it: only scheme, host and port. It is copied into response headers. */
const Origin = z
  .string()
  .regex(/^https?:\/\/[A-Za-z0-9.-]+(:\d{1,5})?$/, 'not an origin such as https://example.com');
export const Origins = z.array(Origin).min(1, 'at least one origin');

/** An availability zone, for example `us-east-1a`, but not a Local Zone, which lacks most services. */
const Zone = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d[a-z]$/, 'not a zone such as us-east-1a');

/** RDS needs subnets in at least two zones. The address range has space for six subnets of each kind. */
export const Zones = z
  .array(Zone)
  .min(2, 'at least two zones')
  .max(6, 'at most six zones')
  .refine((zones) => new Set(zones).size === zones.length, 'a zone is named twice')
  .refine((zones) => new Set(zones.map((zone) => zone.slice(0, -1))).size <= 1, 'zones of two regions');

/** Maximum concurrent invocations for one queue. Lambda accepts 2 to 1000. */
const Concurrency = z.int().min(2).max(1000);

/** The settings of a stage. */
export const StageConfig = z.object({
  stage: Stage,
  logLevel: z.enum(['DEBUG', 'INFO', 'WARN', 'ERROR']),
  /** A period that CloudWatch offers. */
  logRetentionDays: z.literal([1, 7, 30, 90, 365]),
  /** Origins that browsers may call from. Gateway responses contain the first. */
  allowedOrigins: Origins,
  /** Keep the data when its stack is deleted (docs/adr/0026), and protect the database from deletion. */
  retainData: z.boolean(),
  /** Database and Redis have a standby in another zone. */
  multiAz: z.boolean(),
  databaseBackupDays: z.int().min(1).max(35),
  databaseInstance: DatabaseInstance,
  functionArchitecture: Architecture,
  /** Architecture of the FFmpeg binary, the functions with its layer and the worker's image. */
  ffmpegArchitecture: Architecture,
  /** The extraction engine and its fallback. A single engine has no fallback. */
  extractionEngines: z
    .array(z.enum(['libav', 'ffmpeg-cli']))
    .min(1)
    .max(2),
  /** A video that exceeds one of these limits goes directly to the worker. */
  lambdaLimits: LambdaLimits,
  concurrency: z.object({ quick: Concurrency, process: Concurrency }),
  /** The zones of the subnets. @default - the first two zones of the region in the account's numbering */
  zones: Zones.optional(),
  throttling: z.object({ requestsPerSecond: z.int().positive(), burst: z.int().positive() }),
  maxWorkers: z.int().positive(),
  /** Maximum database connections of the HTTP functions, for each of their login roles. */
  httpConnections: z.int().positive(),
  /**
   * Reserved concurrency of each HTTP function and of the authorizer. It may be at most half of `httpConnections`,
   * because a deployment has the sandboxes of two versions. Lambda refuses a reservation that leaves an account fewer
   * than 100 unreserved executions, so a new account (limit: 10) can reserve none.
   * @default - no reservation
   */
  httpReservedConcurrency: z.int().positive().optional(),
  timing: Timing,
  /** Only in stage local: the services that are not in the template. */
  local: LocalServices.optional(),
});
export type StageConfig = z.infer<typeof StageConfig>;

const MEBIBYTE = 1024 * 1024;

const AWS_DEFAULTS = {
  logLevel: 'INFO',
  logRetentionDays: 30,
  functionArchitecture: 'arm64',
  // npm installs the x64 binary on the machines that synthesize. An arm64 binary is pinned too.
  ffmpegArchitecture: 'x86_64',
  extractionEngines: ['libav', 'ffmpeg-cli'] as ('libav' | 'ffmpeg-cli')[],
  // ADR 13 contains the measurements for these limits.
  lambdaLimits: { sourceBytes: 100 * MEBIBYTE, picturePixels: 4096 * 2304, totalPixels: 2_500_000_000 },
  timing: AWS_TIMING,
} as const;

export const STAGE_DEFAULTS = {
  dev: {
    ...AWS_DEFAULTS,
    logLevel: 'DEBUG',
    logRetentionDays: 7,
    allowedOrigins: ['http://localhost:3000'],
    retainData: false,
    multiAz: false,
    databaseBackupDays: 1,
    databaseInstance: 'small',
    concurrency: { quick: 5, process: 5 },
    throttling: { requestsPerSecond: 20, burst: 40 },
    maxWorkers: 2,
    httpConnections: 10,
  },
  prod: {
    ...AWS_DEFAULTS,
    // The operator of a page replaces this with -c allowedOrigins=https://…; until then, no browser needs access.
    allowedOrigins: ['http://localhost:3000'],
    retainData: true,
    multiAz: true,
    databaseBackupDays: 14,
    databaseInstance: 'medium',
    // Each invocation holds a connection, and an idle sandbox keeps it for a while: connection-budget.ts.
    concurrency: { quick: 5, process: 20 },
    throttling: { requestsPerSecond: 200, burst: 400 },
    maxWorkers: 10,
    httpConnections: 30,
  },
  local: {
    ...AWS_DEFAULTS,
    logRetentionDays: 1,
    allowedOrigins: ['http://localhost:3000'],
    retainData: false,
    multiAz: false,
    databaseBackupDays: 1,
    databaseInstance: 'small',
    functionArchitecture: 'x86_64',
    concurrency: { quick: 5, process: 2 },
    throttling: { requestsPerSecond: 1000, burst: 1000 },
    maxWorkers: 1,
    httpConnections: 10,
    timing: LOCAL_TIMING,
  },
} satisfies Record<Stage, Omit<StageConfig, 'stage' | 'local' | 'zones'>>;
