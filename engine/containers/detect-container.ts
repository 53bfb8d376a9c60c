import type { Container } from '../words.ts';
import { detectAvi } from './avi.ts';
import { detectIsoMedia } from './iso-media.ts';
import { detectMatroska } from './matroska.ts';

/** Bytes from the file's start that are enough to detect the container and, usually, to read its header. */
export const DETECTION_BYTES = 64 * 1024;

/**
 * Detects the container by the first bytes of a file and ignores the file's name; undefined for any other format. Only
 * the first element of the structure is checked: the extraction finds damage further on.
 */
export const detectContainer = (start: Uint8Array): Container | undefined =>
  detectIsoMedia(start) ?? detectMatroska(start) ?? detectAvi(start);
