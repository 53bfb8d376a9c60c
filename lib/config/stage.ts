import * as z from 'zod';
import { DatabaseInstance } from './database-instance.ts';
import { LambdaLimits } from './lambda-limits.ts';
import { LocalServices } from './local-services.ts';
import { AWS_TIMING, LOCAL_TIMING, Timing } from './timing.ts';

/** The stages that can be synthesized. */
export const Stage = z.enum(['dev', 'prod', 'local']);
export type Stage = z.infer<typeof Stage>;

const Architecture = z.enum(['arm64', 'x86_64']);

/** An origin as browsers send it: scheme, host and port, nothing after; it is put into response headers verbatim. */
const Origin = z
  .string()
  .regex(/^https?:\/\/[A-Za-z0-9.-]+(:\d{1,5})?$/, 'not an origin such as https://example.com');
export const Origins = z.array(Origin).min(1, 'at least one origin');

/** A zone as EC2 names it, `us-east-1a`; not a Local Zone, which lacks most services. */
const Zone = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d[a-z]$/, 'not a zone such as us-east-1a');

/** RDS wants subnets in two zones at least. Six of each kind of subnet fit into the address range. */
export const Zones = z
  .array(Zone)
  .min(2, 'at least two zones')
  .max(6, 'at most six zones')
  .refine((zones) => new Set(zones).size === zones.length, 'a zone is named twice')
  .refine((zones) => new Set(zones.map((zone) => zone.slice(0, -1))).size <= 1, 'zones of two regions');

/** How many invocations one queue may have at a time; Lambda accepts 2 to 1000. */
const Concurrency = z.int().min(2).max(1000);

/** What differs between stages. */
export const StageConfig = z.object({
  stage: Stage,
  logLevel: z.enum(['DEBUG', 'INFO', 'WARN', 'ERROR']),
  /** One of the periods that CloudWatch offers. */
  logRetentionDays: z.literal([1, 7, 30, 90, 365]),
  /** Origins that browsers may call from; gateway responses name the first. */
  allowedOrigins: Origins,
  /** Keep the data when its stack is deleted (docs/adr/0026), and refuse to delete the database. */
  retainData: z.boolean(),
  /** Database and Redis have a standby in the other zone. */
  multiAz: z.boolean(),
  databaseBackupDays: z.int().min(1).max(35),
  databaseInstance: DatabaseInstance,
  functionArchitecture: Architecture,
  /** What the FFmpeg binary, the functions that use its layer and the worker's image run on. */
  ffmpegArchitecture: Architecture,
  /** What extracts frames, and what that falls back on; one alone has nothing to fall back on. */
  extractionEngines: z
    .array(z.enum(['libav', 'ffmpeg-cli']))
    .min(1)
    .max(2),
  /** What exceeds one of these goes to the worker at once. */
  lambdaLimits: LambdaLimits,
  concurrency: z.object({ quick: Concurrency, process: Concurrency }),
  /** Where the subnets are. Without it, the first two zones of the region, as the account numbers them. */
  zones: Zones.optional(),
  throttling: z.object({ requestsPerSecond: z.int().positive(), burst: z.int().positive() }),
  maxWorkers: z.int().positive(),
  /** The most connections that the functions which answer HTTP have to the database, for each login role of theirs. */
  httpConnections: z.int().positive(),
  /**
   * Sandboxes that each HTTP function and the authorizer have for themselves and never exceed. It wants half of
   * `httpConnections` at most, because a deployment has the sandboxes of two versions. Lambda refuses a reservation that
   * leaves an account fewer than 100 unreserved executions, so a new account (its limit: 10) can reserve none.
   * @default - no reservation
   */
  httpReservedConcurrency: z.int().positive().optional(),
  timing: Timing,
  /** Set in stage local alone: the services that are not in the template. */
  local: LocalServices.optional(),
});
export type StageConfig = z.infer<typeof StageConfig>;

const MEBIBYTE = 1024 * 1024;

const AWS_DEFAULTS = {
  logLevel: 'INFO',
  logRetentionDays: 30,
  functionArchitecture: 'arm64',
  // The x64 binary is what npm installs on the machines that synthesize; an arm64 one is pinned beside it.
  ffmpegArchitecture: 'x86_64',
  extractionEngines: ['libav', 'ffmpeg-cli'] as ('libav' | 'ffmpeg-cli')[],
  // The measurements behind these are in ADR 13.
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
    // Replaced with -c allowedOrigins=https://… by the operator of a page; until then no browser needs access.
    allowedOrigins: ['http://localhost:3000'],
    retainData: true,
    multiAz: true,
    databaseBackupDays: 14,
    databaseInstance: 'medium',
    // Each invocation holds a connection, and so does each sandbox for a while: connection-budget.ts.
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
