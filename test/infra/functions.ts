import * as z from 'zod';
import { ofType, type Resource } from './synthesize.ts';

const FunctionProperties = z.looseObject({
  Description: z.string().optional(),
  Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }).optional(),
  LoggingConfig: z.object({ LogGroup: z.unknown() }).optional(),
  VpcConfig: z
    .looseObject({ SubnetIds: z.array(z.unknown()), SecurityGroupIds: z.array(z.unknown()) })
    .optional(),
});
/** All functions among the resources. */
export const functionsOf = (resources: readonly Resource[]) =>
  ofType(resources, 'AWS::Lambda::Function').map((resource) => FunctionProperties.parse(resource.Properties));

/** Whether a function is ours; CDK's own functions have no variable STAGE. */
export const isOurs = (fn: z.infer<typeof FunctionProperties>): boolean =>
  fn.Environment?.Variables.STAGE !== undefined;
