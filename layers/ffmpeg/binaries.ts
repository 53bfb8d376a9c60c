/** An FFmpeg binary as published on npm, pinned by version and by the SHA-256 of the binary itself. */
export interface FfmpegBinary {
  readonly packageName: string;
  readonly version: string;
  readonly sha256: string;
}

/** Static builds of johnvansickle.com, one per Lambda architecture. See NOTICE.md for their licence. */
export const FFMPEG_BINARIES = {
  x86_64: {
    packageName: '@ffmpeg-installer/linux-x64',
    version: '4.1.0',
    sha256: '6d0c625dbd3f604ed2618981ba6fee7e29678855ab741d654cfc9effb0226624',
  },
  arm64: {
    packageName: '@ffmpeg-installer/linux-arm64',
    version: '4.1.4',
    sha256: '115a825e246078acf820ea2afcaf1b3ff87f1b93f7035ecad38d3223cca55297',
  },
} as const satisfies Record<string, FfmpegBinary>;

/** As AWS and the layer's directories name it. */
export type FfmpegArchitecture = keyof typeof FFMPEG_BINARIES;

/** Where layer and image put the binary. */
export const FFMPEG_PATH = '/opt/bin/ffmpeg';
