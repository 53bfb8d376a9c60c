/** A binary from npm, pinned by version and by its own SHA-256. */
export interface PinnedBinary {
  readonly packageName: string;
  readonly version: string;
  /** The binary's name in its package. */
  readonly fileName: string;
  readonly sha256: string;
}

/** Static builds from johnvansickle.com, one per Lambda architecture. See NOTICE.md for their licence. */
export const FFMPEG_BINARIES = {
  x86_64: {
    packageName: '@ffmpeg-installer/linux-x64',
    version: '4.1.0',
    fileName: 'ffmpeg',
    sha256: '6d0c625dbd3f604ed2618981ba6fee7e29678855ab741d654cfc9effb0226624',
  },
  arm64: {
    packageName: '@ffmpeg-installer/linux-arm64',
    version: '4.1.4',
    fileName: 'ffmpeg',
    sha256: '115a825e246078acf820ea2afcaf1b3ff87f1b93f7035ecad38d3223cca55297',
  },
} as const satisfies Record<string, PinnedBinary>;

/** libav with its Node binding, in the version from package.json. See NOTICE.md for its licence. */
export const LIBAV_BINARIES = {
  x86_64: {
    packageName: '@seydx/node-av-linux-x64',
    version: '6.1.1',
    fileName: 'node-av.node',
    sha256: 'fc847e48a4ea28aa34044eb916777505dfe6e6f62aab1ec5eb8a49dddc137532',
  },
  arm64: {
    packageName: '@seydx/node-av-linux-arm64',
    version: '6.1.1',
    fileName: 'node-av.node',
    sha256: 'a24297d0dfb29c3f2933db08333a18ebd21378c95a4ce790a83809604c9ac1ab',
  },
} as const satisfies Record<FfmpegArchitecture, PinnedBinary>;

/** The architecture's name for AWS and in the layer's directories. */
export type FfmpegArchitecture = keyof typeof FFMPEG_BINARIES;

/** Path of the binary in the layer and the image. */
export const FFMPEG_PATH = '/opt/bin/ffmpeg';

/** Path of the package with libav in the layer and the image, where Node finds it by name. */
export const LIBAV_PATH = '/opt/nodejs/node_modules';
