import { join } from 'node:path';
import type { Log } from '../log.ts';
import { findNamed } from '../names.ts';
import type { ProcessLedger } from '../processes/ledger.ts';
import type { StateDirectory } from '../state/directory.ts';
import type { StackModel } from '../template/model.ts';
import { FunctionLog } from './function-log.ts';
import { FunctionPool } from './function-pool.ts';
import type { InvokeFunction } from './invoke.ts';
import { failure } from './result.ts';
import { startRuntimeApi } from './runtime-api.ts';

/** Number of sandboxes that start concurrently during prewarming. */
const PREWARMED_AT_ONCE = 2;

/** All functions of the template. */
export interface Functions {
  readonly invoke: InvokeFunction;
  byArn(arn: string): FunctionPool | undefined;
  /** @throws Error if no function or more than one matches the name */
  named(name: string): FunctionPool;
  /** Starts one sandbox per function. */
  prewarm(): Promise<void>;
  stop(): Promise<void>;
}

export interface FunctionsContext {
  readonly state: StateDirectory;
  readonly ledger: ProcessLedger;
  readonly log: Log;
  readonly awsEnvironment: Readonly<Record<string, string>>;
  readonly options: { readonly freeze: boolean };
}

export const startFunctions = async (model: StackModel, context: FunctionsContext): Promise<Functions> => {
  const { state, ledger, log } = context;
  const runtimeApi = await startRuntimeApi();
  const services = {
    runtimeApi,
    ledger,
    aws: context.awsEnvironment,
    temporaryDirectory: state.temporary,
    freezes: context.options.freeze,
  };
  const pools = new Map(
    model.functions.map((fn) => {
      const functionLog = new FunctionLog(fn.logicalId, join(state.logs, `${fn.logicalId}.log`), log);
      return [fn.arn, new FunctionPool(fn, services, functionLog)] as const;
    }),
  );
  let stopped: Promise<void> | undefined;
  const stop = async () => {
    await Promise.all([...pools.values()].map((pool) => pool.stop()));
    await runtimeApi.close();
  };
  return {
    invoke: async (arn, payload) =>
      pools.get(arn)?.invoke(payload) ?? failure('ResourceNotFoundException', `Function not found: ${arn}`),
    byArn: (arn) => pools.get(arn),
    named: (name) => {
      const { arn } = findNamed('function', model.functions, name);
      const pool = pools.get(arn);
      if (pool === undefined) throw new Error(`Function ${name} has no pool`);
      return pool;
    },
    prewarm: async () => {
      const waiting = [...pools.values()];
      const worker = async () => {
        for (let pool = waiting.shift(); pool !== undefined; pool = waiting.shift()) await pool.prewarm();
      };
      await Promise.all(Array.from({ length: PREWARMED_AT_ONCE }, worker));
    },
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
};
