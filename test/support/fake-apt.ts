import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Programs of the system that the fakes below call. */
const SHELL_PROGRAMS = ['cat', 'mkdir', 'touch', 'chmod', 'sleep'];

/** Records its arguments and the configuration file after `-c`, then makes an empty archive per package. */
const APT_GET = `#!/bin/sh
echo "apt-get $*" >> "$FAKE_LOG"
cat "$2" >> "$FAKE_LOG"
while [ "$1" != update ] && [ "$1" != download ]; do shift; done
case "$1" in
  update) exit "\${FAKE_UPDATE_CODE:-0}" ;;
  download)
    shift 2
    for package; do
      [ "$package" = "$FAKE_MISSING_ARCHIVE" ] && exit 100
      touch "$package.deb"
    done ;;
esac
`;

const APT_CACHE = `#!/bin/sh
while [ "$1" != --recurse ]; do shift; done
case " $FAKE_PACKAGES " in *" $2 "*) ;; *) exit 100 ;; esac
tools="\${2%-server}-tools"
printf '%s\\n' "$2" "  Depends: $tools" "$tools" "  Depends: libc6" "  Depends: liblzf1" liblzf1
`;

/** Unpacks a server that runs only with its package's library on LD_LIBRARY_PATH. */
const DPKG_DEB = `#!/bin/sh
name="\${2##*/}"
echo "unpacked \${name%.deb}" >> "$FAKE_LOG"
[ "\${name%.deb}" = "$FAKE_BROKEN_ARCHIVE" ] && exit 2
case "$name" in
  *-server.deb)
    mkdir -p "$3/usr/bin" "$3/usr/share/doc"
    program="$3/usr/bin/\${name%.deb}"
    printf '%s\\n' '#!/bin/sh' 'exec cat "\${LD_LIBRARY_PATH%%:*}/liblzf.so.1"' > "$program"
    chmod 755 "$program" ;;
  lib*)
    mkdir -p "$3/usr/lib/triplet"
    touch "$3/usr/lib/triplet/liblzf.so.1" ;;
esac
`;

/** A machine whose PATH holds fakes of Debian's package programs and no Redis server. */
export class FakeApt {
  readonly #directory = mkdtempSync(join(tmpdir(), 'frame-flow-apt-'));
  readonly #bin = join(this.#directory, 'bin');
  readonly #log = join(this.#directory, 'log');
  readonly cacheDirectory = join(this.#directory, 'cache');

  constructor() {
    mkdirSync(this.#bin);
    for (const name of SHELL_PROGRAMS) symlinkSync(join('/bin', name), join(this.#bin, name));
    this.addProgram('apt-get', APT_GET);
    this.addProgram('apt-cache', APT_CACHE);
    this.addProgram('dpkg-deb', DPKG_DEB);
  }

  /** @returns its path */
  addProgram(name: string, script = '#!/bin/sh\n'): string {
    const path = join(this.#bin, name);
    writeFileSync(path, script);
    chmodSync(path, 0o755);
    return path;
  }

  removeProgram(name: string): void {
    rmSync(join(this.#bin, name));
  }

  /** @param variables FAKE_PACKAGES lists the packages that apt knows; the other variables make one step fail */
  environment(variables: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
    return {
      PATH: this.#bin,
      FAKE_LOG: this.#log,
      FAKE_PACKAGES: 'redis-server valkey-server',
      ...variables,
    };
  }

  /** The calls of the fakes, one line each, and apt's configuration. */
  get calls(): string[] {
    return existsSync(this.#log) ? readFileSync(this.#log, 'utf8').trimEnd().split('\n') : [];
  }

  remove(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
