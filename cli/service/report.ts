import { FrameFlowError } from '../../client/index.ts';
import { nextStepOf } from '../../client/next-steps.ts';
import type { CommandContext } from '../context.ts';
import { type ErrorReport, reportOf } from '../errors.ts';
import type { Outcome } from '../exit-codes.ts';
import { apiUrlOf } from './api-url.ts';

/** Codes that are not "refused by the service". */
const OUTCOMES: Readonly<Partial<Record<FrameFlowError['code'], Outcome>>> = {
  NOT_LOGGED_IN: 'notLoggedIn',
  SESSION_ENDED: 'notLoggedIn',
  UNAUTHENTICATED: 'notLoggedIn',
  INVALID_REFRESH_TOKEN: 'notLoggedIn',
  UNREACHABLE: 'unreachable',
  TIMEOUT: 'unreachable',
  UNAVAILABLE: 'unreachable',
  UNEXPECTED_ANSWER: 'unreachable',
  INTERNAL: 'failed',
  SOURCE_CHANGED: 'failed',
  DOWNLOAD_DAMAGED: 'failed',
};

/** A failure of the service, or of its client, in the words of the command line; other errors as `reportOf` has them. */
export const serviceReport = (error: unknown, context: CommandContext): ErrorReport => {
  if (!(error instanceof FrameFlowError)) return reportOf(error);
  const outcome = OUTCOMES[error.code] ?? 'refused';
  const { correlationId } = error;
  return {
    outcome,
    code: error.code,
    ...messageOf(error, context),
    ...(correlationId !== undefined && { correlationId }),
  };
};

const messageOf = (
  error: FrameFlowError,
  context: CommandContext,
): Pick<ErrorReport, 'message' | 'nextStep'> => {
  const { code, detail, errors = [], retryAfterSeconds } = error;
  const apiUrl = apiUrlOf(context);
  switch (code) {
    case 'NOT_LOGGED_IN':
      return { message: `You are not logged in to ${apiUrl}.`, nextStep: 'Run `frame-flow login`.' };
    case 'SESSION_ENDED':
    case 'UNAUTHENTICATED':
    case 'INVALID_REFRESH_TOKEN':
      return {
        message: `Your session with ${apiUrl} has ended.`,
        nextStep: context.env.FRAME_FLOW_TOKEN
          ? 'Set FRAME_FLOW_TOKEN to a token that is still valid.'
          : 'Run `frame-flow login`.',
      };
    case 'UNREACHABLE':
      return {
        message: `${apiUrl} cannot be reached.`,
        nextStep: 'Check the address (--api or FRAME_FLOW_API), or start the service with `npm start`.',
      };
    case 'TIMEOUT':
      return { message: `${apiUrl} did not answer in time.`, nextStep: 'Try again later.' };
    case 'UNAVAILABLE':
      return { message: `${apiUrl} is briefly unavailable.`, nextStep: 'Try again in a minute.' };
    case 'TOO_MANY_REQUESTS':
      return { message: detail, nextStep: `Try again ${waitOf(retryAfterSeconds)}.` };
    case 'VALIDATION_FAILED':
      return {
        message: `The service does not accept ${errors.map(({ path, message }) => `${path} (${message})`).join(', ')}.`,
        nextStep: 'Correct it and try again.',
      };
    case 'VIDEO_NOT_FOUND':
      return { message: detail, nextStep: 'Run `frame-flow list` to see your videos.' };
    default:
      return { message: detail, nextStep: nextStepOf(error) };
  }
};

const waitOf = (seconds: number | undefined): string =>
  seconds === undefined ? 'in a while' : `in ${Math.ceil(seconds)} s`;
