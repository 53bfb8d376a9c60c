import { FFMPEG_BINARIES, FFMPEG_PATH, type FfmpegArchitecture } from '../../layers/ffmpeg/binaries.ts';

const BASE = 'public.ecr.aws/docker/library/node:24-bookworm-slim';
const RDS_CA_BUNDLE = 'https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem';

const RUN_AS_NODE = `WORKDIR /app
ENV NODE_ENV=production
COPY index.mjs ./
USER node
CMD ["node", "index.mjs"]
`;

/** The relay: the bundle and Node. */
export const relayDockerfile = (): string => `FROM ${BASE}\n${RUN_AS_NODE}`;

/** The worker: the bundle, Node, the certificates of RDS, and the pinned FFmpeg where the layer has it too. */
export const workerDockerfile = (architecture: FfmpegArchitecture): string => {
  const { packageName, version, sha256 } = FFMPEG_BINARIES[architecture];
  // The first stage runs on the builder's own platform: nothing has to be emulated.
  return `FROM --platform=$BUILDPLATFORM ${BASE} AS ffmpeg
WORKDIR /ffmpeg
RUN npm pack ${packageName}@${version} --silent \\
 && tar -xzf *.tgz \\
 && echo "${sha256}  package/ffmpeg" | sha256sum --check \\
 && chmod 0755 package/ffmpeg

FROM ${BASE}
COPY --from=ffmpeg /ffmpeg/package/ffmpeg ${FFMPEG_PATH}
ADD --chmod=0644 ${RDS_CA_BUNDLE} /etc/ssl/certs/rds-global-bundle.pem
ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/rds-global-bundle.pem
${RUN_AS_NODE}`;
};
