import { join } from 'node:path';
import { RemovalPolicy } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { FfmpegArchitecture } from '../../layers/ffmpeg/binaries.ts';
import { prepareFfmpegLayer } from '../../layers/ffmpeg/prepare.ts';
import { BUILD_DIRECTORY, REPOSITORY_ROOT } from '../paths.ts';

export interface FfmpegLayerProps {
  readonly architecture: FfmpegArchitecture;
}

/** The pinned FFmpeg and libav as a layer: /opt/bin/ffmpeg, /opt/nodejs/node_modules. */
export class FfmpegLayer extends lambda.LayerVersion {
  constructor(scope: Construct, id: string, { architecture }: FfmpegLayerProps) {
    const { ARM_64, X86_64 } = lambda.Architecture;
    super(scope, id, {
      code: lambda.Code.fromAsset(
        prepareFfmpegLayer(architecture, {
          nodeModules: join(REPOSITORY_ROOT, 'node_modules'),
          buildDirectory: BUILD_DIRECTORY,
        }),
      ),
      compatibleArchitectures: [architecture === 'arm64' ? ARM_64 : X86_64],
      compatibleRuntimes: [lambda.Runtime.NODEJS_24_X],
      description: 'FFmpeg, static build of johnvansickle.com, and libav with its binding node-av',
      license: 'GPL-3.0-or-later',
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }
}
