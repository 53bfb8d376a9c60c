/**
 * Names of the environment variables that the constructs set and the functions read. The name is written once,
 * here; `functions/shared/config` holds the schemas.
 */
export const ENV_STAGE = 'STAGE';
export const ENV_LOG_LEVEL = 'LOG_LEVEL';

export const ENV_DATABASE_HOST = 'DATABASE_HOST';
export const ENV_DATABASE_PORT = 'DATABASE_PORT';
export const ENV_DATABASE_NAME = 'DATABASE_NAME';
export const ENV_DATABASE_USER = 'DATABASE_USER';
/** `iam`: a token signed locally, over TLS. `password`: DATABASE_PASSWORD. */
export const ENV_DATABASE_AUTH = 'DATABASE_AUTH';
export const ENV_DATABASE_PASSWORD = 'DATABASE_PASSWORD';

/** `redis://host:port` or `rediss://host:port`. */
export const ENV_REDIS_URL = 'REDIS_URL';
/** `iam`: ElastiCache IAM authentication with the two variables below. `none`. */
export const ENV_REDIS_AUTH = 'REDIS_AUTH';
export const ENV_REDIS_USER = 'REDIS_USER';
export const ENV_REDIS_REPLICATION_GROUP = 'REDIS_REPLICATION_GROUP';

/** Who checks access tokens: `gateway` or `function` (functions/contracts/access.ts). */
export const ENV_ACCESS_CHECK = 'ACCESS_CHECK';
/** Auth's role, as which a function that checks access tokens logs in; all else is as in the variables above. */
export const ENV_ACCESS_DATABASE_USER = 'ACCESS_DATABASE_USER';

export const ENV_VIDEO_BUCKET = 'VIDEO_BUCKET';
/** `true` where the S3 endpoint has no host name per bucket (local endpoints). */
export const ENV_S3_FORCE_PATH_STYLE = 'S3_FORCE_PATH_STYLE';

/** Address of S3 in presigned forms and URLs, where users reach it by another one than the functions do. */
export const ENV_S3_PUBLIC_ENDPOINT = 'S3_PUBLIC_ENDPOINT';

export const ENV_SAGA_TABLE = 'SAGA_TABLE';

/** Comma-separated origins that browsers may call from. */
export const ENV_ALLOWED_ORIGINS = 'ALLOWED_ORIGINS';

/** Secret from which the key that encrypts the private signing keys is derived. */
export const ENV_AUTH_KEY_SECRET = 'AUTH_KEY_SECRET';

/** Path of the FFmpeg binary. */
export const ENV_FFMPEG_PATH = 'FFMPEG_PATH';
/** Directory of packages with the one that holds libav for this platform; unset: it lies where Node finds it. */
export const ENV_LIBAV_PATH = 'LIBAV_PATH';
/** Comma-separated: the engine that extracts, `libav` or `ffmpeg-cli`, and the one that it falls back on. */
export const ENV_EXTRACTION_ENGINES = 'EXTRACTION_ENGINES';

/** Sources larger than this many bytes go to the worker; 0 sends all of them. */
export const ENV_LAMBDA_MAX_SOURCE_BYTES = 'LAMBDA_MAX_SOURCE_BYTES';
export const ENV_LAMBDA_MAX_PICTURE_PIXELS = 'LAMBDA_MAX_PICTURE_PIXELS';
export const ENV_LAMBDA_MAX_TOTAL_PIXELS = 'LAMBDA_MAX_TOTAL_PIXELS';

/** An extraction that gave no sign of life for so many seconds is given up for dead. */
export const ENV_JOB_LEASE_SECONDS = 'JOB_LEASE_SECONDS';

/** Seconds that a message of the worker's inbox stays hidden after each sign of life of the worker that has it. */
export const ENV_WORKER_VISIBILITY_SECONDS = 'WORKER_VISIBILITY_SECONDS';

/** Set by ECS in every container of a task: where its agent answers. Unset everywhere else. */
export const ENV_ECS_AGENT_URI = 'ECS_AGENT_URI';

/** Seconds after which an order that no run has taken on is repeated. */
export const ENV_SAGA_WAITING_SECONDS = 'SAGA_WAITING_SECONDS';
/** Seconds after which the order of an attempt that a run has taken on is repeated, by where it runs. */
export const ENV_SAGA_LAMBDA_SECONDS = 'SAGA_LAMBDA_SECONDS';
export const ENV_SAGA_WORKER_SECONDS = 'SAGA_WORKER_SECONDS';
/** Seconds after which a ZIP that did not become available is asked for again. */
export const ENV_SAGA_PUBLISHING_SECONDS = 'SAGA_PUBLISHING_SECONDS';
/** Seconds to wait before the third attempt. */
export const ENV_SAGA_BACKOFF_SECONDS = 'SAGA_BACKOFF_SECONDS';

/** One queue URL per inbox; the relay reads all, the worker its own. */
export const ENV_INBOX_URL = {
  upload: 'UPLOAD_INBOX_URL',
  process: 'PROCESS_INBOX_URL',
  worker: 'WORKER_INBOX_URL',
  download: 'DOWNLOAD_INBOX_URL',
  orchestrator: 'ORCHESTRATOR_INBOX_URL',
} as const;

/** Comma-separated: the ARNs of the queues of dead letters that an inbox's function reads as well. */
export const ENV_DEAD_LETTER_ARNS = 'DEAD_LETTER_ARNS';

/** The migrations' login. With DATABASE_AUTH `iam` it has no password. */
export const ENV_DATABASE_ADMIN_USER = 'DATABASE_ADMIN_USER';
export const ENV_DATABASE_ADMIN_PASSWORD = 'DATABASE_ADMIN_PASSWORD';
/** JSON: the most connections that each login role may have, by role. */
export const ENV_DATABASE_CONNECTION_LIMITS = 'DATABASE_CONNECTION_LIMITS';

/** When DynamoDB may forget a saga that is over, in seconds since 1970. */
export const SAGA_EXPIRY_ATTRIBUTE = 'expiresAt';

/** The sweepers' index of sagas whose deadline may have passed or whose events are still to be published. */
export const SAGA_DUE_INDEX = 'due';
