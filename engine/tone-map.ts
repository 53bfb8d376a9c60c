/**
 * Brings PQ and HLG pictures into the range of an ordinary display. Without it they come out grey.
 * Mobius leaves what an ordinary display can show as it is and compresses only what is brighter.
 */
export const TONE_MAP = [
  'zscale=transfer=linear:npl=100',
  'format=gbrpf32le',
  'zscale=primaries=bt709',
  'tonemap=tonemap=mobius:desat=0',
  'zscale=transfer=bt709:matrix=170m:range=limited',
  'format=yuv420p',
].join(',');
