import type { Container } from '../words.ts';
import { detectAvi } from './avi.ts';
import { detectIsoMedia } from './iso-media.ts';
import { detectMatroska } from './matroska.ts';

/** How many bytes of a file's start are enough to tell its container, and mostly what its header claims. */
export const DETECTION_BYTES = 64 * 1024;

/**
 * Which container these first bytes of a file begin, whatever the file's name says; undefined for anything else.
 * It looks at the structure's first element alone: whether the rest is sound, the extraction finds out.
 */
export const detectContainer = (start: Uint8Array): Container | undefined =>
  detectIsoMedia(start) ?? detectMatroska(start) ?? detectAvi(start);
