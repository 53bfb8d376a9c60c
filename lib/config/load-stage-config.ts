import * as z from 'zod';
import { rdsCertificateRegions } from '../build/rds-certificates.ts';
import { connectionBudget } from './connection-budget.ts';
import { LocalServices } from './local-services.ts';
import { Origins, STAGE_DEFAULTS, Stage, StageConfig, Zones } from './stage.ts';

/** The CDK context that selects and adjusts a stage. Command-line values are strings. */
export interface StageContext {
  /** `dev`, `prod` or `local`. */
  readonly stage: unknown;
  /** Comma-separated; replaces the stage's default. */
  readonly allowedOrigins: unknown;
  /** An object or its JSON; only in stage local. */
  readonly local: unknown;
  /** Comma-separated; at least two zones of one region. @default the first two of the region */
  readonly zones?: unknown;
  /** The region that the CDK command line will deploy to. @default unknown, so not checked */
  readonly region?: string | undefined;
}

/** The context is not valid. The message says what to pass. */
export class StageConfigError extends Error {
  override readonly name = 'StageConfigError';
}

/** Loads and checks the configuration of a stage.
 *
 * @throws StageConfigError for an unknown stage or a malformed value
 */
export const loadStageConfig = (context: StageContext): StageConfig => {
  const stage = parse(
    Stage,
    context.stage,
    (value) =>
      `Pass -c stage=${Stage.options.join('|')}; got ${value === undefined ? 'none' : `'${value}'`}.`,
  );
  if (stage !== 'local') checkRegion(context.region);
  const local =
    stage === 'local' ? parse(LocalServices, parseJson(context.local ?? {}), describe('local')) : undefined;
  const defaults = STAGE_DEFAULTS[stage];
  const origins =
    context.allowedOrigins === undefined
      ? (local?.allowedOrigins ?? defaults.allowedOrigins)
      : String(context.allowedOrigins).split(',');

  const config = parse(
    StageConfig,
    {
      ...defaults,
      stage,
      allowedOrigins: parse(Origins, origins, describe('allowedOrigins')),
      // LocalStack's free image has no layers, so functions there have an FFmpeg only if its path is configured.
      lambdaLimits: {
        ...defaults.lambdaLimits,
        ...local?.lambdaLimits,
        ...(local && !local.ffmpegPath && { sourceBytes: 0 }),
      },
      timing: { ...defaults.timing, ...local?.timing },
      ...(context.zones !== undefined && {
        zones: parse(Zones, String(context.zones).split(','), describe('zones')),
      }),
      ...(local && { local }),
    },
    describe('stage'),
  );
  checkConnections(config);
  return config;
};

/** @throws StageConfigError if the stage's processes may need more connections than its database accepts */
export const checkConnections = (config: StageConfig): void => {
  const { total, available } = connectionBudget(config);
  // The app does not define the database of stage local.
  if (!config.local && total > available) {
    throw new StageConfigError(
      `Stage ${config.stage} may need ${total} connections, and its database (${config.databaseInstance}) takes ${available}: ` +
        'lower concurrency, maxWorkers or httpConnections in lib/config/stage.ts, or choose a larger databaseInstance.',
    );
  }
  const { httpReservedConcurrency: reserved = 0, httpConnections } = config;
  if (reserved * 2 > httpConnections) {
    throw new StageConfigError(
      `httpReservedConcurrency is ${reserved}: at most half of httpConnections, ${httpConnections}, can be reserved, ` +
        'because a deployment has the sandboxes of two versions.',
    );
  }
};

/**
 * Without RDS's certificates for the region, the worker could not connect. This check reports it before the deployment.
 */
const checkRegion = (region: string | undefined): void => {
  const regions = rdsCertificateRegions();
  if (region === undefined || regions.has(region)) return;
  throw new StageConfigError(
    `The worker's image has no certificates of RDS for region '${region}', so the worker could not verify the database. ` +
      `It has those of ${[...regions].toSorted().join(', ')}.`,
  );
};

const parse = <Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  message: (value: unknown, error: z.ZodError) => string,
): z.infer<Schema> => {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new StageConfigError(message(value, result.error));
};

const describe = (key: string) => (_value: unknown, error: z.ZodError) =>
  `Context '${key}' is not valid: ${z.prettifyError(error)}`;

const parseJson = (value: unknown): unknown => {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch (cause) {
    throw new StageConfigError("Context 'local' is neither an object nor JSON.", { cause });
  }
};
