import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as s3 from 'aws-cdk-lib/aws-s3';

/* Some classes of aws-cdk-lib declare properties as `T | undefined` that their interface declares as `?: T`. With
 * exactOptionalPropertyTypes, the compiler then does not accept the class as an implementation of its interface. These
 * guards make it accept the class.
 */

const isVpc = (value: unknown): value is ec2.IVpc => value instanceof ec2.Vpc;
const isCluster = (value: unknown): value is ecs.ICluster => value instanceof ecs.Cluster;

const isBucket = (value: unknown): value is s3.IBucket => value instanceof s3.Bucket;

/** Returns a VPC as its interface. */
export const asVpc = (vpc: ec2.Vpc): ec2.IVpc => narrow(vpc, isVpc);

/** Returns a cluster as its interface. */
export const asCluster = (cluster: ecs.Cluster): ecs.ICluster => narrow(cluster, isCluster);

/** Returns a bucket as its interface. */
export const asBucket = (bucket: s3.Bucket): s3.IBucket => narrow(bucket, isBucket);

const narrow = <T>(value: unknown, guard: (value: unknown) => value is T): T => {
  if (guard(value)) return value;
  throw new TypeError('not an instance of its declared class');
};
