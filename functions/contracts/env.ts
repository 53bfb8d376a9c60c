/**
 * Names of the environment variables that the constructs set and the functions read. `functions/shared/config` holds
 * their schemas.
 */
export const ENV_STAGE = 'STAGE';
export const ENV_LOG_LEVEL = 'LOG_LEVEL';

export const ENV_DATABASE_HOST = 'DATABASE_HOST';
export const ENV_DATABASE_PORT = 'DATABASE_PORT';
export const ENV_DATABASE_NAME = 'DATABASE_NAME';
export const ENV_DATABASE_USER = 'DATABASE_USER';
/** `iam`: a locally signed token, over TLS. `password`: DATABASE_PASSWORD. */
export const ENV_DATABASE_AUTH = 'DATABASE_AUTH';
export const ENV_DATABASE_PASSWORD = 'DATABASE_PASSWORD';

/** `redis://host:port` or `rediss://host:port`. */
export const ENV_REDIS_URL = 'REDIS_URL';
/** `iam`: ElastiCache IAM authentication with the two variables below. `none`: no authentication. */
export const ENV_REDIS_AUTH = 'REDIS_AUTH';
export const ENV_REDIS_USER = 'REDIS_USER';
export const ENV_REDIS_REPLICATION_GROUP = 'REDIS_REPLICATION_GROUP';

/** Who checks access tokens: `gateway` or `function` (functions/contracts/access.ts). */
export const ENV_ACCESS_CHECK = 'ACCESS_CHECK';
/** The auth role that a function uses to check access tokens. The other settings are those of DATABASE_* above. */
export const ENV_ACCESS_DATABASE_USER = 'ACCESS_DATABASE_USER';

export const ENV_VIDEO_BUCKET = 'VIDEO_BUCKET';
/** `true` if the S3 endpoint has no host name per bucket (local endpoints). */
export const ENV_S3_FORCE_PATH_STYLE = 'S3_FORCE_PATH_STYLE';

/** Address of S3 in presigned forms and URLs, if users reach S3 by another address than the functions. */
export const ENV_S3_PUBLIC_ENDPOINT = 'S3_PUBLIC_ENDPOINT';

/** The bucket of the static site. */
export const ENV_SITE_BUCKET = 'SITE_BUCKET';

export const ENV_SAGA_TABLE = 'SAGA_TABLE';

/** Comma-separated origins that browsers may call from. */
export const ENV_ALLOWED_ORIGINS = 'ALLOWED_ORIGINS';

/** Secret for deriving the key that encrypts the private signing keys. */
export const ENV_AUTH_KEY_SECRET = 'AUTH_KEY_SECRET';

/** Path of the FFmpeg binary. */
export const ENV_FFMPEG_PATH = 'FFMPEG_PATH';
/** Directory of the packages that contain libav for this platform. If unset, Node finds the packages itself. */
export const ENV_LIBAV_PATH = 'LIBAV_PATH';
/** Comma-separated engine names, `libav` or `ffmpeg-cli`: the first engine and its fallback. */
export const ENV_EXTRACTION_ENGINES = 'EXTRACTION_ENGINES';

/** Sources with more bytes go to the worker; 0 sends all sources there. */
export const ENV_LAMBDA_MAX_SOURCE_BYTES = 'LAMBDA_MAX_SOURCE_BYTES';
export const ENV_LAMBDA_MAX_PICTURE_PIXELS = 'LAMBDA_MAX_PICTURE_PIXELS';
export const ENV_LAMBDA_MAX_TOTAL_PIXELS = 'LAMBDA_MAX_TOTAL_PIXELS';

/** An extraction without a heartbeat for this many seconds counts as crashed. */
export const ENV_JOB_LEASE_SECONDS = 'JOB_LEASE_SECONDS';

/** Visibility timeout of a message in the worker's inbox, in seconds. Each heartbeat of its worker renews it. */
export const ENV_WORKER_VISIBILITY_SECONDS = 'WORKER_VISIBILITY_SECONDS';

/** Address of the ECS agent. ECS sets it in every container of a task; it is unset everywhere else. */
export const ENV_ECS_AGENT_URI = 'ECS_AGENT_URI';

/** Seconds after which an order is repeated if no run has claimed it. */
export const ENV_SAGA_WAITING_SECONDS = 'SAGA_WAITING_SECONDS';
/** Seconds after which the order of a claimed attempt is repeated, for each target. */
export const ENV_SAGA_LAMBDA_SECONDS = 'SAGA_LAMBDA_SECONDS';
export const ENV_SAGA_WORKER_SECONDS = 'SAGA_WORKER_SECONDS';
/** Seconds after which the publication of a ZIP is requested again. */
export const ENV_SAGA_PUBLISHING_SECONDS = 'SAGA_PUBLISHING_SECONDS';
/** Seconds to wait before the third attempt. */
export const ENV_SAGA_BACKOFF_SECONDS = 'SAGA_BACKOFF_SECONDS';

/** One queue URL per inbox. The relay uses all of them, the worker only its own. */
export const ENV_INBOX_URL = {
  upload: 'UPLOAD_INBOX_URL',
  process: 'PROCESS_INBOX_URL',
  worker: 'WORKER_INBOX_URL',
  download: 'DOWNLOAD_INBOX_URL',
  orchestrator: 'ORCHESTRATOR_INBOX_URL',
} as const;

/** Comma-separated ARNs of the dead-letter queues that an inbox's function also reads. */
export const ENV_DEAD_LETTER_ARNS = 'DEAD_LETTER_ARNS';

/** The migrations' login. With DATABASE_AUTH `iam` it has no password. */
export const ENV_DATABASE_ADMIN_USER = 'DATABASE_ADMIN_USER';
export const ENV_DATABASE_ADMIN_PASSWORD = 'DATABASE_ADMIN_PASSWORD';
/** JSON: the maximum number of connections of each login role. */
export const ENV_DATABASE_CONNECTION_LIMITS = 'DATABASE_CONNECTION_LIMITS';

/** The time at which DynamoDB may delete a finished saga, in seconds since 1970. */
export const SAGA_EXPIRY_ATTRIBUTE = 'expiresAt';

/** The sweepers' index of sagas that have a deadline or unpublished events. */
export const SAGA_DUE_INDEX = 'due';
