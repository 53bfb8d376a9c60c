import { describe, expect, it } from 'vitest';
import { neededPackages } from '../../../../local/services/package-dependencies.ts';

/** From `apt-cache --important depends --recurse redis-server` on Debian 12. */
const DEBIAN_12 = `redis-server
  PreDepends: init-system-helpers
  Depends: lsb-base
    sysvinit-utils
  Depends: redis-tools
init-system-helpers
 |Depends: usrmerge
  Depends: usr-is-merged
    usrmerge
redis-tools
  Depends: adduser
  Depends: libatomic1
  Depends: libc6
  Depends: libsystemd0
    libelogind0
usrmerge
  Depends: <perl:any>
    perl
  Depends: libfile-find-rule-perl
libatomic1
  Depends: gcc-12-base
  Depends: libc6
libsystemd0
  Depends: libc6
  Depends: libgcrypt20
libelogind0
  Depends: libcap2
libgcrypt20
  Depends: libgpg-error0
libgpg-error0
<perl:any>
`;

describe('The packages that an unpacked server needs', () => {
  it('are its own packages and their libraries, without the C library and without init scripts', () => {
    expect(neededPackages(DEBIAN_12, 'redis-server')).toEqual([
      'redis-server',
      'redis-tools',
      'libatomic1',
      'libsystemd0',
      'libgcrypt20',
      'libgpg-error0',
    ]);
  });

  it('include the first of several alternatives', () => {
    const text =
      'valkey-server\n |Depends: libone1\n |Depends: libtwo2\n  Depends: libthree3\n  Depends: libfour4\n';
    expect(neededPackages(text, 'valkey-server')).toEqual(['valkey-server', 'libone1', 'libfour4']);
  });

  it('include the first provider of a virtual package', () => {
    const text =
      'valkey-server\n  Depends: <libssl>\n    libssl3t64\n    libssl1.1\nlibssl3t64\n  Depends: libz1\n';
    expect(neededPackages(text, 'valkey-server')).toEqual(['valkey-server', 'libssl3t64', 'libz1']);
  });

  it('include no provider of a virtual package that is the second alternative', () => {
    const text = 'redis-tools\n |Depends: libone1\n  Depends: <libtwo>\n    libtwo-impl\n';
    expect(neededPackages(text, 'redis-tools')).toEqual(['redis-tools', 'libone1']);
  });

  it('are found when packages depend on each other', () => {
    const text = 'redis-server\n  Depends: redis-tools\nredis-tools\n  Depends: redis-server\n';
    expect(neededPackages(text, 'redis-server')).toEqual(['redis-server', 'redis-tools']);
  });

  it('are none when apt does not know the package', () => {
    expect(neededPackages('', 'redis-server')).toEqual([]);
  });
});
