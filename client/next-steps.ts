import { NEXT_STEPS } from '../functions/contracts/problems.ts';
import type { ClientCode, FrameFlowError } from './errors.ts';

/* A face of its own, so that a client that shows no sentences does not bundle them. */

const CLIENT_STEPS: Readonly<Record<ClientCode, string>> = {
  UNREACHABLE: 'Check the address of the service and the connection to it, then try again.',
  TIMEOUT: 'Try again later.',
  UNEXPECTED_ANSWER: 'Check the address of the service: something else may answer there.',
  NOT_LOGGED_IN: 'Log in.',
  SESSION_ENDED: 'Log in again.',
  SOURCE_CHANGED: 'Upload the file again once it changes no more.',
  UPLOAD_FORM_EXPIRED: 'Upload the file again.',
  UPLOAD_REFUSED: 'Upload the file again. If it is refused again, tell the operator.',
  DOWNLOAD_REFUSED: 'Start the download again. If it is refused again, tell the operator.',
  DOWNLOAD_DAMAGED: 'Start the download again.',
  INSECURE_CONTEXT: 'Open the page by https.',
};

const STEPS: Readonly<Record<string, string>> = { ...NEXT_STEPS, ...CLIENT_STEPS };

/** What to do after a failure, in one sentence for people. */
export const nextStepOf = ({ code }: Pick<FrameFlowError, 'code'>): string =>
  STEPS[code] ?? NEXT_STEPS.INTERNAL;
