import { describe, expect, it } from 'vitest';
import { configFolder } from '../../../cli/service/config-folder.ts';
import { nameWithoutExtension, planTargets } from '../../../cli/write/targets.ts';

const pathsOf = (inputs: readonly string[], output?: string) =>
  planTargets(inputs, output).map(({ target }) => `${target.kind} ${target.path}`);

describe('The target of a video', () => {
  it('is a ZIP of its name, unless the command line names another place', () => {
    expect(pathsOf(['films/a.b.mp4'])).toEqual(['zip a.b-frames.zip']);
    expect(pathsOf(['a.mp4'], 'x/Y.ZIP')).toEqual(['zip x/Y.ZIP']);
    expect(pathsOf(['a.mp4'], 'x')).toEqual(['folder x']);
    expect(pathsOf(['https://example.com/talks/one.mp4?token=a/b.c'])).toEqual(['zip one-frames.zip']);
  });

  it('is another one for each of several videos', () => {
    expect(pathsOf(['a/x.mp4', 'b/X.mov', 'c/x.avi'], 'out')).toEqual([
      ...['folder out/x', 'folder out/X-2', 'folder out/x-3'],
    ]);
    expect(() => pathsOf(['a.mp4', 'b.mp4'], 'c.zip')).toThrow(/one video only/);
  });

  it.each([
    ['../../etc/passwd', 'passwd'],
    ['C:\\films\\a.mp4', 'a'],
    ['..', 'video'],
    ['', 'video'],
    ['.mp4', '.mp4'],
    ['a\u0000<b>.mp4', 'a__b_'],
  ])('is one plain name where the service calls the video %j', (fileName, name) =>
    expect(nameWithoutExtension(fileName)).toBe(name),
  );
});

describe('The folder of settings', () => {
  it('is the platform’s', () => {
    expect(configFolder('linux', {}, '/home/me')).toBe('/home/me/.config/frame-flow');
    expect(configFolder('linux', { XDG_CONFIG_HOME: '/x' }, '/home/me')).toBe('/x/frame-flow');
    expect(configFolder('linux', { XDG_CONFIG_HOME: 'relative' }, '/home/me')).toBe(
      '/home/me/.config/frame-flow',
    );
    expect(configFolder('darwin', {}, '/Users/me')).toBe('/Users/me/Library/Application Support/frame-flow');
    expect(configFolder('win32', { APPDATA: '/appdata' }, '/me')).toBe('/appdata/frame-flow');
  });
});
