/** The reasons why the dev stack does not start. */
export type DevStackErrorCode =
  | 'ALREADY_RUNNING'
  | 'PORT_TAKEN'
  | 'INVALID_OPTION'
  | 'REDIS_MISSING'
  | 'REDIS_UNREACHABLE'
  | 'POSTGRES_FAILED'
  | 'SERVICE_FAILED'
  | 'SYNTH_FAILED'
  | 'TEMPLATE_UNSUPPORTED'
  | 'TRIGGER_FAILED';

/** An error that the user can act on. Only its message is printed, without a stack trace. */
export class DevStackError extends Error {
  readonly code: DevStackErrorCode;

  constructor(code: DevStackErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DevStackError';
    this.code = code;
  }
}

/** The message of anything thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Whether a Node system error carries this code, for example `ENOENT`. */
export const hasErrorCode = (error: unknown, ...codes: string[]): boolean =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code);
