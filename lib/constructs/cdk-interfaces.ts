import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';

/*
 * Some classes of aws-cdk-lib declare as `T | undefined` what the interface they implement declares as `?: T`. With
 * exactOptionalPropertyTypes the compiler then takes the class for no implementation of its own interface; these
 * guards say that it is one.
 */

const isVpc = (value: unknown): value is ec2.IVpc => value instanceof ec2.Vpc;
const isCluster = (value: unknown): value is ecs.ICluster => value instanceof ecs.Cluster;

/** A VPC as the interface that it implements. */
export const asVpc = (vpc: ec2.Vpc): ec2.IVpc => narrow(vpc, isVpc);

/** A cluster as the interface that it implements. */
export const asCluster = (cluster: ecs.Cluster): ecs.ICluster => narrow(cluster, isCluster);

const narrow = <T>(value: unknown, guard: (value: unknown) => value is T): T => {
  if (guard(value)) return value;
  throw new TypeError('not an instance of the class it was declared as');
};
