import type { CommandContext } from '../context.ts';
import { CliError } from '../errors.ts';
import type { Outcome } from '../exit-codes.ts';
import { serviceReport } from './report.ts';
import { connect, type Service } from './service.ts';

/** Does `work` with the service. @throws CliError for every failure but an interruption, which keeps its own error. */
export const withService = async (
  context: CommandContext,
  work: (service: Service) => Promise<Outcome>,
): Promise<Outcome> => {
  try {
    return await work(connect(context));
  } catch (error) {
    if (context.signal.aborted) throw context.signal.reason;
    throw new CliError(serviceReport(error, context), { cause: error });
  }
};
